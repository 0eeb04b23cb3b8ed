import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Dresses text for a terminal; with colours off every method gives its text back. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

export function createPaint(enabled: boolean): Paint {
  const paint = (style: Style) => (text: string) => (enabled && text !== '' ? styleText(style, text) : text);
  return {
    good: paint('green'),
    bad: paint('red'),
    warn: paint('yellow'),
    strong: paint('bold'),
    faint: paint('gray'),
  };
}

export interface ColourQuestion {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: boolean;
  /** False after `--no-color`. */
  readonly wanted: boolean;
}

/** `--no-color` and NO_COLOR win over FORCE_COLOR, which wins over the question whether a terminal reads. */
export function wantsColour({ env, isTTY, wanted }: ColourQuestion): boolean {
  if (!wanted || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTTY && env['TERM'] !== 'dumb';
}
