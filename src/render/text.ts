import stringWidth from 'fast-string-width';

/** A duration for people: `180 ms`, `2.1 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Narrower than this nothing is wrapped: the terminal breaks its lines. */
const NARROWEST = 12;

/**
 * Words on lines of at most `width` columns, all but the first indented by `hang`. A word that is longer than a line is broken,
 * a path after a slash if it has one there.
 */
export function wrapWords(text: string, width: number, hang = 0): string[] {
  const room = Math.max(NARROWEST, width - hang);
  const lines: string[] = [];
  for (const word of text
    .split(/\s+/)
    .filter(Boolean)
    .flatMap((one) => brokenWord(one, room))) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(word);
    else if (stringWidth(last) + 1 + stringWidth(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${' '.repeat(hang)}${word}`);
  }
  return lines.length === 0 ? [''] : lines;
}

/** A line that keeps its own indentation, and what else leads it, when it is wrapped. */
export function wrapLine(line: string, width: number, hang: number, leads = /^[-+ ]?\s*/): string[] {
  if (stringWidth(line) <= width) return [line];
  const [lead = ''] = leads.exec(line) ?? [];
  return wrapWords(line.slice(lead.length), width - lead.length, hang).map((part, index) =>
    index === 0 ? lead + part : ' '.repeat(lead.length) + part,
  );
}

const LABEL = /^\s*(?:(?:fix:?|expected|seen) +)?/;

/** Lines of a report for a terminal: those that are too long are wrapped, and aligned with what follows their label. */
export function wrapReport(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, width, 0, LABEL))
    .join('\n');
}

/** Code units in a column, at most: a rest with more is not measured. */
const UNITS = 4;

function brokenWord(word: string, room: number): string[] {
  if (word.includes('\u001b')) return [word];
  const parts: string[] = [];
  let rest = word;
  while (rest.length > room * UNITS || stringWidth(rest) > room) {
    const afterSlash = rest.slice(0, room).lastIndexOf('/') + 1;
    const at = afterSlash > 1 ? afterSlash : room;
    parts.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...parts, rest];
}
