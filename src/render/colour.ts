/** Styles text for a terminal; with colours off every method returns its text unchanged. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

export function createPaint(enabled: boolean): Paint {
  const paint = (on: number, off: number) => (text: string) =>
    enabled && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    good: paint(32, 39),
    bad: paint(31, 39),
    warn: paint(33, 39),
    strong: paint(1, 22),
    faint: paint(90, 39),
  };
}

export interface ColourQuestion {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: boolean;
  /** False after `--no-color`. */
  readonly wanted: boolean;
}

/** `--no-color` and NO_COLOR override FORCE_COLOR, which overrides whether the output is a terminal. */
export function wantsColour({ env, isTTY, wanted }: ColourQuestion): boolean {
  if (!wanted || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTTY && env['TERM'] !== 'dumb';
}
