import { BridgeheadError } from '../../core/errors.js';
import { ask } from '../../remote/execute.js';
import { sanitize } from '../../remote/sanitize.js';
import { connectionOf, type RunContext } from '../context.js';
import type { PhaseNodes } from '../events/events.js';
import { emitReverted } from '../events/guard-events.js';
import { toReportedError } from '../events/report.js';
import { logInAfresh } from '../groups/fresh-login.js';
import { inLevels } from '../groups/group.js';
import { carriersNow } from '../groups/ways.js';
import { mapSettled } from '../pool.js';
import { labelsOf } from '../round/labels.js';

const UNDO_MS = 180_000;

export interface RevertRequest {
  readonly node: string;
  readonly phase: string;
  /** Names under which the node has kept what was there before. */
  readonly labels: readonly string[];
}

/** Reverts one node to what it was before these rounds of a phase, and reports it; rejects with E_UNDO. */
export async function revertRounds(context: RunContext, request: RevertRequest): Promise<void> {
  const { nodeGuard, run, signal } = context;
  const { node, phase, labels } = request;
  context.logins.changed();
  const undo = nodeGuard.undoFragment(run, { phases: labels });
  const options = { node, deadlineMs: UNDO_MS, signal };
  const outcome = await ask(connectionOf(context, node), undo, options);
  if (outcome.kind === 'undone' || outcome.kind === 'failed') {
    const failed = outcome.kind === 'failed' ? outcome.failed : [];
    emitReverted(context, { node, phase, by: 'run', report: { reverted: outcome.undone, failed } });
    if (failed.length === 0) return;
  }
  throw new BridgeheadError('E_UNDO', `${phase} was not completely reverted on ${node}`, {
    node,
    phase,
    evidence:
      outcome.kind === 'failed'
        ? outcome.failed.map((item) => sanitize(item, 200)).join('\n')
        : sanitize(outcome.kind === 'refused' ? outcome.reason : 'the node has kept nothing of it', 500),
    fix: `log in to ${node} and fix what the lines above report`,
  });
}

/**
 * Reverts a phase on every node that it has changed, and returns the nodes' state afterwards. Those that are reached through
 * others go first; one whose answer was lost on the way is asked again once those others are reverted.
 */
export async function revertPhase(
  context: RunContext,
  phase: string,
  nodes: PhaseNodes,
): Promise<{ readonly nodes: PhaseNodes; readonly errors: readonly unknown[] }> {
  const failures = new Map<string, unknown>();
  const revert = (node: string) => revertRounds(context, { node, phase, labels: labelsOf(phase) });
  const several = nodes.changed.length > 1;
  const levels = several ? inLevels(nodes.changed, await carriersNow(context)) : [nodes.changed];
  for (const level of levels.toReversed()) {
    const settled = await mapSettled(level, context.concurrency, revert);
    settled.forEach((result, index) => {
      if (result.status === 'rejected') failures.set(level[index] ?? '', result.reason);
    });
  }
  for (const level of several ? levels : []) {
    const lost = level.filter((node) => isLost(failures.get(node)));
    const settled = await mapSettled(lost, context.concurrency, async (node) => {
      await logInAfresh(context, node);
      await revert(node);
    });
    settled.forEach((result, index) => {
      const node = lost[index] ?? '';
      if (result.status === 'fulfilled') failures.delete(node);
      else failures.set(node, result.reason);
    });
  }
  for (const [node, error] of failures) {
    context.emit({ type: 'node-failed', node, error: toReportedError(error, { node, phase }) });
  }
  const isReverted = (node: string) => !failures.has(node);
  return {
    nodes: {
      ...nodes,
      changed: nodes.changed.filter((node) => !isReverted(node)),
      reverted: [...nodes.reverted, ...nodes.changed.filter(isReverted)],
    },
    errors: [...failures.values()],
  };
}

/** Whether the node did not answer, rather than said no. */
const isLost = (error: unknown): boolean => error instanceof BridgeheadError && error.code !== 'E_UNDO';
