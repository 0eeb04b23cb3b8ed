/** How many edits (insert, delete, replace, swap of neighbours) turn `b` into `a`. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

const LONGEST = 64;

/** Fewer letters begin too many words. */
const SHORTEST_BEGINNING = 3;

/**
 * The candidate that `word` was most likely meant to be: at most a third of its letters differ, or it is the only one that
 * begins so, or that the word begins with. Undefined if none is near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined;
  const all = [...candidates];
  return misspelt(word, all) ?? begun(word, all);
}

function begun(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const found = candidates.filter((candidate) => {
    const [short, long] = [lower, candidate.toLowerCase()].toSorted((a, b) => a.length - b.length);
    return short !== undefined && short.length >= SHORTEST_BEGINNING && long?.startsWith(short) === true;
  });
  return found.length === 1 ? found[0] : undefined;
}

function misspelt(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const edits = distance(lower, candidate.toLowerCase());
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

/** `did you mean "home"?`; undefined if no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const near = nearest(word, candidates);
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

/** `did you mean "home"?` or, if none is near, the candidates: `one of: home, cabin`. */
export function suggest(word: string, candidates: Iterable<string>, none = 'there are none'): string {
  const all = [...candidates];
  const guess = didYouMean(word, all);
  if (guess !== undefined) return guess;
  if (all.length === 0) return none;
  const shown = all.slice(0, 12).join(', ');
  return `one of: ${shown}${all.length > 12 ? `, and ${all.length - 12} more` : ''}`;
}
