import { execute } from '../remote/execute.js';
import { connectionOf, NodeErrors, type RunContext } from './context.js';
import { probeFragments } from './observations.js';
import { reportError } from './report.js';
import type { StepWork } from './work.js';

const PROBE_DEADLINE_MS = 120_000;

export function byNode(works: readonly StepWork[]): Map<string, StepWork[]> {
  const groups = new Map<string, StepWork[]>();
  for (const work of works) {
    const group = groups.get(work.node.name);
    if (group) group.push(work);
    else groups.set(work.node.name, [work]);
  }
  return groups;
}

/** Reads what every step sees, one program a node, and records it; rejects with NodeErrors. */
export async function probeSteps(context: RunContext, works: readonly StepWork[]): Promise<void> {
  const probeNode = async ([node, own]: [string, StepWork[]]): Promise<void> => {
    const started = performance.now();
    try {
      const replies = await execute(connectionOf(context, node), probeFragments(own), {
        node,
        deadlineMs: PROBE_DEADLINE_MS,
        signal: context.signal,
      });
      context.observations.record(own, replies);
      context.emit({ type: 'node-probed', node, ms: Math.round(performance.now() - started) });
    } catch (error) {
      context.emit({ type: 'node-failed', node, error: reportError(error, { node }) });
      throw error;
    }
  };
  const settled = await Promise.allSettled([...byNode(works)].map(probeNode));
  const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 0) throw new NodeErrors(errors);
}
