import { structuredPatch } from 'diff';

const CONTEXT_LINES = 3;
/** Texts that differ in more lines than this are shown as replaced, since comparing them would take too long. */
const MAX_EDITS = 400;
const MAX_LINES = 1000;
const LEFT_OUT = ' ...';

/** Lines of `+`, `-` or a space that turn one text into the other; `''` if they are the same, at most 1000 lines. */
export function unifiedDiff(before: string, after: string, path: string): string {
  if (before === after) return '';
  const hunks = hunksOf(before, after);
  const lines = hunks.flatMap(({ oldStart, lines }, index) => [
    ...(index > 0 || oldStart > 1 ? [LEFT_OUT] : []),
    ...lines.map((line) => (line.startsWith('\\') ? ' (no newline at the end)' : line)),
  ]);
  const last = hunks.at(-1);
  if (last !== undefined && last.oldStart + last.oldLines <= linesOf(before).length) lines.push(LEFT_OUT);
  const left = lines.length - MAX_LINES;
  const shown = left > 0 ? [...lines.slice(0, MAX_LINES), ` (${left} more lines)`] : lines;
  return [`--- ${path}`, `+++ ${path}`, ...shown].join('\n');
}

function hunksOf(before: string, after: string) {
  const options = { context: CONTEXT_LINES, maxEditLength: MAX_EDITS };
  const patch = structuredPatch('', '', before, after, '', '', options);
  if (patch !== undefined) return patch.hunks;
  const lines = [...signed('-', before), ...signed('+', after)];
  return [{ oldStart: 1, oldLines: linesOf(before).length, lines }];
}

const signed = (sign: string, text: string): string[] =>
  linesOf(text).flatMap((line) => (line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, '\\']));

/** With their newlines. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
