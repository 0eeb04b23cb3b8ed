import { BridgeheadError } from '../../core/errors.js';
import { rejections } from '../../core/settled.js';
import type { KeptRun } from '../../guard/index.js';
import type { Node } from '../../model/inventory.js';
import { execute } from '../../remote/execute.js';
import { answerTo } from '../../remote/part.js';
import { sanitize } from '../../remote/sanitize.js';
import { connectAll } from '../connect.js';
import { connectionOf, NodeErrors, type RunContext } from '../context.js';
import { lockedError } from '../locks/locks.js';
import { awaitLocks, type HeldNode } from '../locks/wait.js';
import { mapSettled } from '../pool.js';
import { isUndoLabel } from './labels.js';

/** What a node has kept. */
export interface NodeRuns {
  readonly node: string;
  /** Oldest first. */
  readonly runs: readonly KeptRun[];
}

/** Whether a run left something on its node that nothing has reverted or undone yet. */
export function isStanding({ undone, phases }: KeptRun): boolean {
  return !undone && phases.some(({ outcome }) => outcome !== 'reverted');
}

/** An undo itself is only undone by name. */
export function isUndoable(run: KeptRun): boolean {
  return isStanding(run) && !run.phases.every(({ phase }) => isUndoLabel(phase));
}

/** The newest run that any of the nodes could undo. */
export function lastRun(kept: readonly NodeRuns[]): string | undefined {
  return kept
    .flatMap(({ runs }) => runs.filter(isUndoable).map(({ run }) => run))
    .sort()
    .at(-1);
}

/** What the nodes have kept. */
export interface AllKept {
  readonly kept: readonly NodeRuns[];
  /** What they had before other runs were waited for, without those runs; undefined if none was. */
  readonly before?: readonly NodeRuns[];
}

/**
 * Connects to the nodes and reads which runs each has kept; locks them first, unless they are only to be listed, and waits for
 * other runs as long as the run's patience lasts. Rejects with NodeErrors, E_LOCKED among them.
 */
export async function readRuns(
  context: RunContext,
  nodes: readonly Node[],
  { lock = true }: { readonly lock?: boolean } = {},
): Promise<AllKept> {
  await connectAll(context, { nodes });
  const holders = new Set<string>();
  let first: readonly NodeRuns[] | undefined;
  for (;;) {
    const settled = await mapSettled(nodes, context.concurrency, ({ name }) => readNode(context, name, lock));
    const errors = rejections(settled);
    const read = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const held = read.flatMap(({ node, outcome }) => (outcome === undefined ? [] : [{ node, outcome }]));
    if (errors.length > 0) {
      throw new NodeErrors([...errors, ...held.map(({ node, outcome }) => lockedError(node, outcome))]);
    }
    const kept = read.map(({ node, runs }) => ({ node, runs }));
    if (held.length === 0) return first === undefined ? { kept } : { kept, before: without(holders, first) };
    first ??= kept;
    for (const { outcome } of held) holders.add(outcome.holder?.run ?? '');
    await awaitLocks(context, held);
  }
}

const without = (holders: ReadonlySet<string>, kept: readonly NodeRuns[]): NodeRuns[] =>
  kept.map(({ node, runs }) => ({ node, runs: runs.filter(({ run }) => !holders.has(run)) }));

/** What a node has kept, and who holds it. */
interface NodeRead extends NodeRuns {
  readonly outcome?: HeldNode['outcome'];
}

async function readNode(context: RunContext, node: string, locks: boolean): Promise<NodeRead> {
  const [lock, list] = [context.locks.taking(), context.nodeGuard.listRunsFragment()];
  const replies = await execute(connectionOf(context, node), locks ? [lock, list] : [list], {
    node,
    deadlineMs: context.patience.program * 1000,
    signal: context.signal,
  });
  const answer = locks ? answerTo(replies, lock) : undefined;
  const outcome = answer && context.locks.record(node, answer);
  try {
    return { node, runs: answerTo(replies, list) ?? [], ...(outcome?.kind === 'held' && { outcome }) };
  } catch (cause) {
    throw new BridgeheadError('E_UNDO', `cannot read which runs ${node} has kept`, {
      node,
      evidence: sanitize(cause instanceof Error ? cause.message : String(cause), 500),
      cause,
    });
  }
}
