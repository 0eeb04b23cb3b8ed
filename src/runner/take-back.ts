import { BridgeheadError } from '../errors.js';
import { execute } from '../remote/execute.js';
import { sanitize } from '../remote/sanitize.js';
import { connectionOf, type RunContext } from './context.js';
import type { PhaseNodes } from './events.js';
import { mapSettled } from './pool.js';
import { reportError } from './report.js';
import { labelsOf } from './round.js';
import { tellReverted } from './tell-guard.js';

const UNDO_MS = 180_000;

export interface TakeBackRequest {
  readonly node: string;
  readonly phase: string;
  /** Names under which the node has kept what is to be put back. */
  readonly labels: readonly string[];
  readonly signal: AbortSignal;
}

/** Puts one node back to what it was before these rounds of a phase, and tells it; rejects with E_UNDO. */
export async function takeBack(context: RunContext, request: TakeBackRequest): Promise<void> {
  const { nodeGuard, run } = context;
  const { node, phase, labels, signal } = request;
  const fragments = nodeGuard.undoFragments(run, { phases: labels });
  const replies = await execute(connectionOf(context, node), fragments, {
    node,
    deadlineMs: UNDO_MS,
    signal,
  });
  const reply = replies.get('guard.undo');
  const outcome = reply && nodeGuard.parseUndo(reply);
  if (outcome?.kind === 'undone' || outcome?.kind === 'failed') {
    const failed = outcome.kind === 'failed' ? outcome.failed : [];
    tellReverted(context, { node, phase, by: 'run', report: { undone: outcome.undone, failed } });
    if (failed.length === 0) return;
  }
  throw new BridgeheadError('E_UNDO', `${phase} could not be put back whole on ${node}`, {
    node,
    phase,
    evidence:
      outcome?.kind === 'failed'
        ? outcome.failed.map((item) => sanitize(item, 200)).join('\n')
        : sanitize(outcome?.kind === 'refused' ? outcome.reason : 'the node has kept nothing of it', 500),
    fix: `log in to ${node} and put right what the lines above say`,
  });
}

export interface TakenBack {
  readonly nodes: PhaseNodes;
  readonly errors: readonly unknown[];
}

/** Puts every node that a phase has changed back, and answers how the nodes then stand. */
export async function takeBackPhase(
  context: RunContext,
  phase: string,
  nodes: PhaseNodes,
): Promise<TakenBack> {
  const settled = await mapSettled(nodes.changed, context.concurrency, (node) =>
    takeBack(context, { node, phase, labels: labelsOf(phase), signal: context.signal }),
  );
  const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  for (const error of errors) {
    const reported = reportError(error, { phase });
    context.emit({ type: 'node-failed', node: reported.node ?? '', error: reported });
  }
  const isBack = (_node: string, index: number) => settled[index]?.status === 'fulfilled';
  return {
    nodes: {
      ...nodes,
      changed: nodes.changed.filter((node, index) => !isBack(node, index)),
      undone: [...nodes.undone, ...nodes.changed.filter(isBack)],
    },
    errors,
  };
}
