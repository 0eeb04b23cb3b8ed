import type { ChangeReport, PhaseReport, RunReport, StepReport } from './run-report/types.js';

/** One change as all nodes have it that have exactly the same. */
export interface SameChange {
  readonly change: ChangeReport;
  readonly step: string;
  readonly state: StepReport['state'];
  readonly nodes: readonly string[];
}

/** The changes of a phase, each once for all nodes on which it is the same to the last line and ended alike. */
export function changesOf({ steps }: PhaseReport): SameChange[] {
  const same = new Map<string, SameChange>();
  for (const { name, node, state, changes } of steps) {
    for (const change of changes) {
      const { summary, diff, disruption, made, reverted, items } = change;
      const key = JSON.stringify([name, state, summary, diff, disruption, made, reverted, items]);
      const nodes = [...(same.get(key)?.nodes ?? []), node];
      same.set(key, { change, step: name, state, nodes });
    }
  }
  return [...same.values()];
}

/** How a change ended, in a word. */
export function endOf({ change, state }: SameChange): string {
  if (change.reverted === true) return 'reverted';
  if (change.made) return 'made';
  return state === 'planned' ? 'planned' : 'not made';
}

/** What the changes of a run are, by the nodes that have some. */
export function changesByNode({ phases }: Pick<RunReport, 'phases'>): Map<string, string[]> {
  const byNode = new Map<string, string[]>();
  for (const { change, nodes } of phases.flatMap(changesOf)) {
    for (const node of nodes) byNode.set(node, [...(byNode.get(node) ?? []), change.summary]);
  }
  return byNode;
}
