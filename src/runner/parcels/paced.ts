const FIRST_MS = 1000;
const LONGEST_MS = 10_000;

export type Progress = (done: number, total: number | undefined) => void;

/** Passes on how far something is: not in its first second, then less and less often, at most every ten seconds. */
export function paced(report: Progress, now: () => number = () => performance.now()): Progress {
  let delay = FIRST_MS;
  let next = now() + delay;
  return (done, total) => {
    if (now() < next) return;
    delay = Math.min(LONGEST_MS, delay * 2);
    next = now() + delay;
    report(done, total);
  };
}
