/** Lines of context around each difference. */
const CONTEXT = 2;
/** Cells of the comparison table; larger files are shown as replaced whole. */
const MAX_CELLS = 4_000_000;
const MAX_LINES = 200;
const NO_NEWLINE = ' (no newline at the end)';

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Lines with their newline kept, so that a missing last newline is a difference. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

const signed = (sign: Line['sign'], lines: readonly string[]): Line[] =>
  lines.map((text) => ({ sign, text }));

/** Longest common subsequence from the end, so that the walk can go forward. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  const width = after.length + 1;
  if ((before.length + 1) * width > MAX_CELLS) return [...signed('-', before), ...signed('+', after)];
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const old = before[i];
    const fresh = after[j];
    if (old !== undefined && old === fresh) {
      lines.push({ sign: ' ', text: old });
      i += 1;
      j += 1;
    } else if (old !== undefined && (fresh === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: '-', text: old });
      i += 1;
    } else {
      lines.push({ sign: '+', text: fresh ?? '' });
      j += 1;
    }
  }
  return lines;
}

function commonPrefix(a: readonly string[], b: readonly string[]): number {
  const end = Math.min(a.length, b.length);
  let count = 0;
  while (count < end && a[count] === b[count]) count += 1;
  return count;
}

function show({ sign, text }: Line): string[] {
  return text.endsWith('\n') ? [sign + text.slice(0, -1)] : [sign + text, NO_NEWLINE];
}

/** Keeps the differences and a little around each; ` ...` stands for what is left out. */
function withContext(lines: readonly Line[]): string[] {
  const keep = new Set<number>();
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue;
    for (let near = index - CONTEXT; near <= index + CONTEXT; near += 1) keep.add(near);
  }
  return lines.flatMap((line, index) => {
    if (keep.has(index)) return show(line);
    return index === 0 || keep.has(index - 1) ? [' ...'] : [];
  });
}

/** Lines of `+`, `-` or a space that lead from one text to the other; `''` when they are the same, 200 lines at most. */
export function unifiedDiff(before: string, after: string, path: string): string {
  if (before === after) return '';
  const a = splitLines(before);
  const b = splitLines(after);
  const head = commonPrefix(a, b);
  const tail = commonPrefix(a.slice(head).reverse(), b.slice(head).reverse());
  const lines = withContext([
    ...signed(' ', a.slice(0, head)),
    ...compare(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...signed(' ', a.slice(a.length - tail)),
  ]);
  const left = lines.length - MAX_LINES;
  const shown = left > 0 ? [...lines.slice(0, MAX_LINES), ` (${left} more lines)`] : lines;
  return [`--- ${path}`, `+++ ${path}`, ...shown].join('\n');
}
