import { rejections } from '../../core/settled.js';
import type { Holder, LockOutcome } from '../../guard/index.js';
import { ask, execute } from '../../remote/execute.js';
import { answerTo } from '../../remote/part.js';
import { connectionOf, NodeErrors, type RunContext } from '../context.js';
import { emitReverted } from '../events/guard-events.js';
import { toReportedError } from '../events/report.js';
import { isDeadHere } from '../locks/dead-run.js';
import { describeHolder } from '../locks/locks.js';
import { mapSettled } from '../pool.js';
import type { FirstLook } from './first-look.js';
import { probeOf } from './node-probe.js';
import type { StepWork } from './work.js';

export function byNode(works: readonly StepWork[]): Map<string, StepWork[]> {
  const groups = new Map<string, StepWork[]>();
  for (const work of works) {
    const group = groups.get(work.node.name);
    if (group) group.push(work);
    else groups.set(work.node.name, [work]);
  }
  return groups;
}

export interface ProbeRequest {
  readonly works: readonly StepWork[];
  /** Nodes to be locked before they are read, in the same program; with a look, those alone that it is not worth at. */
  readonly locking: ReadonlySet<string>;
  /** Gates to be measured in the same program. */
  readonly look?: FirstLook | undefined;
  /** Nodes that nobody else has had since this run looked at them are locked, and not read. */
  readonly again?: boolean | undefined;
}

/** What one node answered: read, or held by another run. */
export interface Asked {
  readonly node: string;
  readonly held?: Extract<LockOutcome, { kind: 'held' }>;
  readonly read: boolean;
}

/**
 * Reads what every step sees, one program a node, and records it; rejects with NodeErrors. Nodes in `locking` are
 * locked by the same program; those that another run holds are answered, and not recorded.
 */
export async function probeSteps(
  context: RunContext,
  { works, locking, look, again }: ProbeRequest,
): Promise<Asked[]> {
  look?.begin();
  const groups = byNode(works);
  const nodes = [...new Set([...groups.keys(), ...locking, ...(look?.nodes ?? [])])];
  const settled = await mapSettled(nodes, nodes.length, (node) =>
    probeNode(context, { node, works: groups.get(node) ?? [], lock: locking.has(node), look, again }),
  );
  const errors = rejections(settled);
  if (errors.length > 0) throw new NodeErrors(errors);
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

interface NodeRequest {
  readonly node: string;
  readonly works: readonly StepWork[];
  readonly lock: boolean;
  readonly look: FirstLook | undefined;
  readonly again: boolean | undefined;
  /** A dead run whose lock is released first. */
  readonly instead?: Holder | undefined;
}

async function probeNode(context: RunContext, request: NodeRequest): Promise<Asked> {
  const { node } = request;
  const started = performance.now();
  try {
    const asked = await askNode(context, request);
    if (asked.read) context.emit({ type: 'node-probed', node, ms: Math.round(performance.now() - started) });
    return asked;
  } catch (error) {
    context.emit({ type: 'node-failed', node, error: toReportedError(error, { node }) });
    throw error;
  }
}

async function askNode(context: RunContext, request: NodeRequest): Promise<Asked> {
  const { node, works, lock, look, again, instead } = request;
  const { nodeGuard, locks } = context;
  const probe = probeOf(works);
  const taking = lock ? locks.taking(instead === undefined ? look?.worth(node) : undefined) : undefined;
  const disturbed = again ? locks.disturbed(node) : undefined;
  const looking = lock && look ? locks.looking() : undefined;
  const fragments = [
    ...(instead === undefined ? [] : [nodeGuard.unlockFragment(instead.run)]),
    ...(taking ? [taking] : []),
    ...(disturbed ? [disturbed] : []),
    ...probe.fragments,
    ...(look?.fragments(node) ?? []),
    ...(looking ? [looking] : []),
  ];
  const replies = await execute(connectionOf(context, node), fragments, {
    node,
    deadlineMs: (context.patience.program + (look?.seconds ?? 0)) * 1000,
    signal: context.signal,
    gathered: true,
  });
  const isFirst = !locks.held.includes(node);
  const answer = taking && answerTo(replies, taking);
  const outcome = answer && locks.record(node, answer);
  if (outcome?.kind === 'held') {
    const { holder, armed } = outcome;
    const dead = holder !== undefined && isDeadHere(holder, context.holder);
    if (!dead || instead !== undefined) return { node, held: outcome, read: false };
    if (armed) await revertFor(context, node, holder);
    return askNode(context, { ...request, instead: holder });
  }
  if (outcome?.kind === 'taken') await emitTaken(context, node, { from: outcome.stale ?? instead, isFirst });
  if (disturbed && answerTo(replies, disturbed) === false) return { node, read: false };
  if (outcome?.kind === 'free' && !locks.isLeftAlone(node, looking && answerTo(replies, looking))) {
    look?.spoil();
    return askNode(context, { ...request, look: undefined });
  }
  context.observations.record(probe, replies);
  look?.record(node, replies);
  return { node, read: true };
}

/** A revert waits for its own end, 120 s at most. */
const REVERT_MS = 140_000;

/** A dead run confirms nothing any more, so its guard need not be waited for: the node reverts the change now. */
async function revertFor(context: RunContext, node: string, dead: Holder): Promise<void> {
  await execute(connectionOf(context, node), [context.nodeGuard.revertNowFragment(dead.run)], {
    node,
    deadlineMs: REVERT_MS,
    signal: context.signal,
  });
}

interface Taken {
  /** Whose lock was taken over. */
  readonly from: Holder | undefined;
  /** Whether this run had not locked the node before. */
  readonly isFirst: boolean;
}

/** Says whose lock was taken over, and what that run's guard has reverted meanwhile. */
async function emitTaken(context: RunContext, node: string, { from, isFirst }: Taken): Promise<void> {
  if (from === undefined) {
    if (isFirst) context.emit({ type: 'lock-taken', node });
    return;
  }
  context.emit({ type: 'lock-taken', node, from: describeHolder(from) });
  const report = await ask(connectionOf(context, node), context.nodeGuard.stateFragment(from.run), {
    node,
    deadlineMs: context.patience.program * 1000,
    signal: context.signal,
  });
  if (report.state === 'reverted' || report.state === 'revert-failed') {
    emitReverted(context, { node, phase: report.phase ?? '', by: 'node', earlier: from.run, report });
  }
}
