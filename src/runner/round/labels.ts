/** A phase may need more rounds than one; no more than this. */
export const MAX_ROUNDS = 3;

/** Name under which a node keeps the snapshots of one round of a phase; rounds are counted from 1. */
export const labelOf = (phase: string, round: number): string =>
  round === 1 ? phase : `${phase} (round ${round})`;

/** Every name under which a node may have kept snapshots of a phase. */
export function labelsOf(phase: string): string[] {
  return Array.from({ length: MAX_ROUNDS }, (_, index) => labelOf(phase, index + 1));
}
