import type { Paint } from '../colour.js';
import { type RunRecord, stepsToChange } from '../report/record.js';

interface Retired {
  readonly network: string;
  readonly nodes: readonly string[];
}

/** The networks that the plan retires, and on which nodes; not on a node that is `leaving` all of them. */
function retired(record: RunRecord, leaving: string | undefined): readonly Retired[] {
  const found = new Map<string, Set<string>>();
  for (const { node, changes } of stepsToChange(record)) {
    for (const { retires } of changes) {
      if (retires !== undefined && node !== leaving)
        found.set(retires, (found.get(retires) ?? new Set()).add(node));
    }
  }
  return [...found].map(([network, nodes]) => ({ network, nodes: [...nodes] }));
}

/** A warning for each network that the plan retires. */
export function retirementWarnings(record: RunRecord, paint: Paint, leaving?: string): string[] {
  return retired(record, leaving).map(
    ({ network, nodes }) =>
      `${paint.warn(`Retires network ${network} on ${nodes.join(', ')}`)}: it is removed there for good; its keys are moved to /etc/wireguard/.retired. If that is not what you want, this inventory is out of date, or it is another one of the same name.`,
  );
}

/** The question before a plan is applied. */
export function planQuestion(record: RunRecord, leaving?: string): string {
  const ends = retired(record, leaving).map(
    ({ network, nodes }) => `network ${network} on ${nodes.join(', ')}`,
  );
  return ends.length === 0 ? 'Apply this plan?' : `Apply this plan, which retires ${ends.join(', and ')}?`;
}
