import type { ReportedError, StampedEvent } from '../../../runner/events/events.js';
import type { NodeReport } from './types.js';

/** How each node was reached and read, in the order of the run; nodes that were only read come last. */
export function nodesOf(chosen: readonly string[], events: readonly StampedEvent[]): NodeReport[] {
  const nodes = new Map<string, NodeReport>(chosen.map((name) => [name, { name, leftOut: false }]));
  const add = (name: string, more: Partial<NodeReport>) =>
    void nodes.set(name, { ...(nodes.get(name) ?? { name, leftOut: false }), ...more });
  const failed = (name: string, error: ReportedError, leftOut: boolean) => add(name, { error, leftOut });
  for (const event of events) {
    if (event.type === 'node-connected') add(event.node, { connectedMs: event.ms });
    else if (event.type === 'node-probed') add(event.node, { readMs: event.ms });
    else if (event.type === 'node-failed') failed(event.node, event.error, false);
    else if (event.type === 'node-left-out') failed(event.node, event.error, true);
  }
  return [...nodes.values()];
}
