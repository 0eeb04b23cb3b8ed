import { BridgeheadError } from '../../core/errors.js';
import { NO_TOUCHES } from '../../guard/index.js';
import { execute } from '../../remote/execute.js';
import type { FragmentReply } from '../../remote/program.js';
import { sanitize } from '../../remote/sanitize.js';
import { textOf } from '../../remote/script.js';
import { connectionOf, type RunContext } from '../context.js';
import { type Round, throwUnkept, throwUnproven } from '../round/build-round.js';
import type { ArmedRound } from '../round/run-round.js';

const UNDO_MS = 180_000;

/** The undo as a round of its own: kept, guarded and confirmed like any other change. */
function roundOf(context: RunContext, node: string, undoing: string): Round {
  const { guard, nodeGuard, run } = context;
  const label = `undo of ${undoing}`;
  const kept = { run, phase: label, touches: { ...NO_TOUCHES, network: true } };
  const guarded = guard.enabled;
  const [undo] = nodeGuard.undoFragments(undoing, guarded ? { guardedBy: run } : {});
  if (undo === undefined) throw new TypeError('nothing undoes a run');
  const script = guarded
    ? nodeGuard.changeScript({ run, phase: label, script: textOf(undo.script) })
    : undo.script;
  const first = guarded
    ? nodeGuard.armFragment({ ...kept, seconds: guard.seconds })
    : nodeGuard.snapshotFragment(kept);
  const proof = guarded ? [nodeGuard.proofFragment({ run, phase: label })] : [];
  const fragments = [first, { ...undo, script }, ...proof];
  const nothing = { number: 1, planned: [], reread: [], doings: [] };
  return { node, phase: label, label, ...nothing, fragments, guarded, deadlineMs: UNDO_MS };
}

function itemsOf(context: RunContext, node: string, reply: FragmentReply | undefined): readonly string[] {
  const outcome = reply && context.nodeGuard.parseUndo(reply);
  const lines = (items: readonly string[]) => items.map((item) => sanitize(item, 200));
  if (outcome?.kind === 'undone') return lines(outcome.undone);
  const what = {
    refused: outcome?.kind === 'refused' ? sanitize(outcome.reason, 500) : undefined,
    failed: outcome?.kind === 'failed' ? lines(outcome.failed.slice(0, 20)).join('\n') : undefined,
  };
  throw new BridgeheadError('E_UNDO', `the run was not completely undone on ${node}`, {
    node,
    evidence: what.refused ?? what.failed ?? 'the node has kept nothing of that run',
    fix: 'log in and fix what the lines above say, then undo it again',
  });
}

/** An undo whose program is over. */
export interface BegunUndo {
  readonly node: string;
  readonly undone: readonly string[];
  readonly cause?: unknown;
  /** Missing where no guard is armed. */
  readonly armed?: ArmedRound;
}

/** Undoes a run on one node in one exec; where it is guarded, its end is still to be brought about. */
export async function beginUndo(context: RunContext, undoing: string, node: string): Promise<BegunUndo> {
  const round = roundOf(context, node, undoing);
  const armed: ArmedRound = { round, deadline: performance.now() + context.guard.seconds * 1000 };
  let undone: readonly string[] = [];
  let cause: unknown;
  let answered = false;
  try {
    const options = { node, deadlineMs: UNDO_MS, signal: context.signal };
    const replies = await execute(connectionOf(context, node), round.fragments, options);
    answered = true;
    throwUnkept(context, round, replies);
    if (round.guarded) context.armedNodes.add(node);
    throwUnproven(context, round, replies.get('guard.prove'));
    undone = itemsOf(context, node, replies.get('guard.undo'));
  } catch (error) {
    cause = error;
  } finally {
    context.logins.changed();
  }
  const begun = { node, undone, ...(cause === undefined ? {} : { cause }) };
  if (!round.guarded || (answered && !context.armedNodes.has(node))) return begun;
  const isUnproven = cause instanceof BridgeheadError && cause.code === 'E_REVERTED';
  // What was undone in part is nearer to the wanted state than what was there before: it is kept if SSH works.
  if (answered && !isUnproven) return { ...begun, armed };
  return { ...begun, armed: { ...armed, fault: { error: cause, answered, left: 'changed' } } };
}
