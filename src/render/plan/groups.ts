import type { PlannedChange } from '../../runner/events/events.js';
import type { RecordedStep } from '../report/record.js';

/** One change as several nodes have it: the same summary, and contents that may differ. */
export interface SharedChange {
  readonly summary: string;
  /** By node, in the order of the plan. */
  readonly changes: ReadonlyMap<string, PlannedChange>;
}

/** The changes that exactly these nodes have. */
export interface NodeGroup {
  readonly nodes: readonly string[];
  readonly changes: readonly SharedChange[];
}

/** What nodes have in common in one phase. Short changes come before those with a long diff, and so do the groups. */
export function groupChanges(steps: readonly RecordedStep[]): NodeGroup[] {
  const groups = new Map<string, SharedChange[]>();
  for (const change of sharedChanges(steps).toSorted((a, b) => linesOf(a) - linesOf(b))) {
    const key = JSON.stringify([...change.changes.keys()].toSorted());
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()]
    .map((changes) => ({ nodes: [...(changes[0]?.changes.keys() ?? [])], changes }))
    .toSorted((a, b) => longest(a) - longest(b));
}

function sharedChanges(steps: readonly RecordedStep[]): SharedChange[] {
  const shared = new Map<string, Map<string, PlannedChange>>();
  for (const { node, changes } of steps) {
    for (const change of changes) {
      // A node may have several changes of the same summary.
      let turn = 0;
      const key = () => JSON.stringify([change.summary, turn]);
      while (shared.get(key())?.has(node)) turn += 1;
      shared.set(key(), (shared.get(key()) ?? new Map()).set(node, change));
    }
  }
  return [...shared.values()].map((changes) => ({
    summary: [...changes.values()][0]?.summary ?? '',
    changes,
  }));
}

const longest = ({ changes }: NodeGroup): number => Math.max(...changes.map(linesOf));

const linesOf = ({ changes }: SharedChange): number =>
  Math.max(...[...changes.values()].map(({ diff }) => diff?.split('\n').length ?? 0));
