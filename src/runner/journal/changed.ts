import type { StampedEvent } from '../events/events.js';

interface At {
  readonly phase: string;
  readonly node: string;
}

const keyOf = ({ phase, node }: At): string => `${phase} ${node}`;

/**
 * What `marksOf` finds in a run's events, in order, without what a guard has reverted completely after that. What an earlier
 * round of the same phase has changed on the node was confirmed, and stays.
 */
export function unreverted<T extends At>(
  events: readonly StampedEvent[],
  marksOf: (event: StampedEvent) => readonly T[],
): readonly T[] {
  const confirmed = new Set(
    events.flatMap((event) => (event.type === 'guard-confirmed' ? [keyOf(event)] : [])),
  );
  let marks: T[] = [];
  for (const event of events) {
    marks.push(...marksOf(event));
    if (event.type !== 'guard-reverted' || event.earlier !== undefined || event.failed.length > 0) continue;
    const reverted = keyOf(event);
    if (!confirmed.has(reverted)) marks = marks.filter((mark) => keyOf(mark) !== reverted);
  }
  return marks;
}

/**
 * The nodes that each phase of a run has begun to change, or may have, except where everything was reverted.
 */
export function changedIn(events: readonly StampedEvent[]): ReadonlyMap<string, ReadonlySet<string>> {
  const hasEnded = events.some(({ type }) => type === 'run-ended');
  const touched = unreverted(events, (event): readonly At[] => {
    if (event.type === 'change-started') return [event];
    // What follows an armed guard may not have come back from the node when the run was killed.
    if (event.type === 'guard-armed') return hasEnded ? [] : [event];
    if (event.type !== 'phase-ended') return [];
    // Some of it may have been out of the guard's reach.
    const left = [...(event.nodes?.changed ?? []), ...(event.nodes?.unknown ?? [])];
    return left.map((node) => ({ phase: event.phase, node }));
  });
  const changed = new Map<string, Set<string>>();
  for (const { phase, node } of touched) {
    changed.set(phase, (changed.get(phase) ?? new Set<string>()).add(node));
  }
  return changed;
}
