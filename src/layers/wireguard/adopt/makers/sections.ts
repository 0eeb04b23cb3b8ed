/** One `Key=value` line. */
export interface Setting {
  readonly key: string;
  /** Trimmed, as written. */
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A `[Section]` of an INI file, one of possibly several of its name. */
export interface Section {
  readonly name: string;
  /** Of its header, counted from 1. */
  readonly line: number;
  /** What is written directly above it, or above its first setting, behind `#` or `;`. */
  readonly comment?: string;
  readonly settings: readonly Setting[];
}

const COMMENT = /^[#;]/;

/** Parses the INI files of systemd and NetworkManager: in both only a line that begins with `#` or `;` is a comment. */
export function parseSections(text: string): readonly Section[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const headers = lines.flatMap((line, index) => (/^\[.+\]$/.test(line) ? [index] : []));
  return headers.map((start, number) => {
    const body = lines.slice(start + 1, headers[number + 1]);
    const settings = body.flatMap((line, index): Setting[] => {
      const equals = line.indexOf('=');
      if (equals < 1 || COMMENT.test(line)) return [];
      const key = line.slice(0, equals).trim();
      return [{ key, value: line.slice(equals + 1).trim(), line: start + 2 + index }];
    });
    const first = (settings[0]?.line ?? Number.POSITIVE_INFINITY) - start - 2;
    const inside = body.slice(0, first).find((line) => COMMENT.test(line));
    const above = lines[start - 1] ?? '';
    const comment = inside ?? (COMMENT.test(above) ? above : undefined);
    return {
      name: (lines[start] ?? '').slice(1, -1),
      line: start + 1,
      ...(comment !== undefined && { comment }),
      settings,
    };
  });
}

/** The last value of a key, which counts; undefined if it is missing or empty. */
export const settingOf = ({ settings }: Section, key: string): string | undefined =>
  settings.findLast((one) => one.key === key)?.value || undefined;

/** Every part of the values of a key, in their order. An empty one clears those before it, as in systemd. */
export function partsOf({ settings }: Section, key: string, separator: RegExp): readonly string[] {
  const values = settings.filter((one) => one.key === key).map(({ value }) => value);
  return values
    .slice(values.lastIndexOf('') + 1)
    .flatMap((value) => value.split(separator))
    .filter((part) => part !== '');
}
