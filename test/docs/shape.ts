/** What differs from run to run, and what stands for it. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/SHA256:[\w+/]{43}/g, 'SHA256:…'],
  [/(?<![\w+/])[\w+/]{43}=/g, 'KEY'],
  [/\b\d{8}-\d{6}-[0-9a-f]{6}\b/g, 'RUN'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?Z?/g, 'DATE'],
  [/\b\d+(\.\d+)? (ms|s|min|h)\b/g, 'TIME'],
  // A number by itself: not a part of an address, a port, a version or a name.
  [/(?<![\w.:/-])\d+(\.\d+)?(?![\w.:/-]|\.\d)/g, 'N'],
  [/\s+/g, ' '],
  // How long a phase took is only shown where it did something.
  [/^( ?[✔✖] .*) TIME$/g, '$1'],
];

/** A line without what differs from run to run. */
export const shapeOf = (line: string): string =>
  VARYING.reduce((text, [pattern, word]) => text.replaceAll(pattern, word), line).trim();

/** A line by which a page leaves something out: `...`, or in brackets what it was. */
const isGap = (line: string): boolean => /^(\.\.\.|\[.*\])$/.test(line.trim());

/** A line of a page, which may leave something out in its middle. */
function matcherOf(line: string): RegExp {
  const parts = shapeOf(line)
    .split('...')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

/** The first place from which on all lines match, at the earliest `from`. */
const placeOf = (wanted: readonly RegExp[], seen: readonly string[], from: number): number =>
  seen.findIndex(
    (_line, at) => at >= from && wanted.every((pattern, index) => pattern.test(seen[at + index] ?? '')),
  );

const shown = (lines: readonly string[]): string => lines.map((line) => `  | ${line}\n`).join('');

/** What is wrong with the output that a page shows, given the real one; nothing: it is as shown. Empty lines don't count. */
export function shapeProblem(page: readonly string[], real: readonly string[]): string | undefined {
  const lines = page.filter((line) => line.trim() !== '');
  const seen = real.map(shapeOf).filter((line) => line !== '');
  let at = 0;
  let isOpen = false;
  for (let index = 0; index < lines.length; ) {
    if (isGap(lines[index] ?? '')) {
      isOpen = true;
      index++;
      continue;
    }
    const next = lines.findIndex((line, later) => later > index && isGap(line));
    const piece = lines.slice(index, next < 0 ? undefined : next);
    const place = placeOf(piece.map(matcherOf), seen, at);
    if (place < 0 || (!isOpen && place !== at))
      return `the page shows\n${shown(piece)}where there is\n${shown(seen.slice(at))}`;
    at = place + piece.length;
    isOpen = false;
    index += piece.length;
  }
  return isOpen || at === seen.length ? undefined : `the page does not show\n${shown(seen.slice(at))}`;
}
