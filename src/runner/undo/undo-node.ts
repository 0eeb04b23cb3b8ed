import { BridgeheadError } from '../../core/errors.js';
import { NO_TOUCHES, type UndoOutcome } from '../../guard/index.js';
import { execute } from '../../remote/execute.js';
import { answerTo, type Part } from '../../remote/part.js';
import { sanitize } from '../../remote/sanitize.js';
import { textOf } from '../../remote/script.js';
import { connectionOf, type RunContext } from '../context.js';
import { type Round, throwUnkept, throwUnproven } from '../round/build-round.js';
import type { ArmedRound } from '../round/run-round.js';
import type { NodeRuns } from './kept-runs.js';
import { undoLabel } from './labels.js';
import { UndoProgress } from './undo-progress.js';

const UNDO_MS = 180_000;

/** The undo as a round of its own: kept, guarded and confirmed like any other change. */
function roundOf(
  { guard, nodeGuard, run }: RunContext,
  node: string,
  undoing: string,
): { readonly round: Round; readonly undo: Part<UndoOutcome> } {
  const label = undoLabel(undoing);
  const kept = {
    run,
    phase: label,
    touches: { ...NO_TOUCHES, network: true },
    keepsAll: true,
  };
  const nothing = { number: 1, planned: [], reread: [], doings: [] };
  const common = { node, phase: label, label, ...nothing, deadlineMs: UNDO_MS, again: 'the undo again' };
  if (!guard.enabled) {
    const undo = nodeGuard.undoFragment(undoing);
    const snapshot = nodeGuard.snapshotFragment(kept);
    return { undo, round: { ...common, snapshot, guard: undefined, fragments: [snapshot, undo] } };
  }
  const plain = nodeGuard.undoFragment(undoing, { guardedBy: run });
  const script = nodeGuard.changeScript({ run, phase: label, script: textOf(plain.script) });
  const undo = { ...plain, script };
  const arm = nodeGuard.armFragment({ ...kept, seconds: guard.seconds });
  const proof = nodeGuard.proofFragment({ run, phase: label });
  const fragments = [arm, undo, proof];
  return { undo, round: { ...common, snapshot: undefined, guard: { arm, proof }, fragments } };
}

function itemsOf(node: string, outcome: UndoOutcome | undefined): readonly string[] {
  const lines = (items: readonly string[]) => items.map((item) => sanitize(item, 200));
  if (outcome?.kind === 'undone') return lines(outcome.undone);
  const what = {
    refused: outcome?.kind === 'refused' ? sanitize(outcome.reason, 500) : undefined,
    failed: outcome?.kind === 'failed' ? lines(outcome.failed.slice(0, 20)).join('\n') : undefined,
  };
  throw new BridgeheadError('E_UNDO', `the run was not completely undone on ${node}`, {
    node,
    evidence: what.refused ?? what.failed ?? 'the node has kept nothing of that run',
    fix: 'log in and fix what the lines above report, then undo it again',
  });
}

/** An undo whose program is over. */
export interface BegunUndo {
  readonly node: string;
  readonly undone: readonly string[];
  readonly progress: UndoProgress;
  readonly cause?: unknown;
  /** Missing if no guard is armed. */
  readonly armed?: ArmedRound;
}

/** Undoes a run on one node in one exec; if it is guarded, its end is still to be brought about. */
export async function beginUndo(context: RunContext, undoing: string, kept: NodeRuns): Promise<BegunUndo> {
  const { node } = kept;
  const { round, undo } = roundOf(context, node, undoing);
  const armed: ArmedRound = { round, deadline: performance.now() + context.guard.seconds * 1000 };
  const progress = new UndoProgress(context, undoing, kept);
  let undone: readonly string[] = [];
  let cause: unknown;
  let answered = false;
  try {
    const options = {
      node,
      deadlineMs: UNDO_MS,
      signal: context.signal,
      onBegin: (id: string) => {
        if (id === undo.id) progress.begin();
      },
      onEnd: (id: string, code: number) => {
        if (id === round.guard?.arm.id && code === 0) progress.armed(context.guard.seconds);
      },
    };
    const replies = await execute(connectionOf(context, node), round.fragments, options);
    answered = true;
    throwUnkept(round, replies);
    if (round.guard) context.armedNodes.add(node);
    throwUnproven(round, replies);
    const outcome = answerTo(replies, undo);
    if (outcome !== undefined && 'phases' in outcome) progress.end(outcome.phases);
    undone = itemsOf(node, outcome);
  } catch (error) {
    cause = error;
  } finally {
    context.logins.changed();
  }
  const begun = { node, undone, progress, ...(cause === undefined ? {} : { cause }) };
  if (!round.guard || (answered && !context.armedNodes.has(node))) return begun;
  const isUnproven = cause instanceof BridgeheadError && cause.code === 'E_REVERTED';
  // What was undone in part is nearer to the wanted state than what was there before: it is kept if SSH works.
  if (answered && !isUnproven) return { ...begun, armed };
  return { ...begun, armed: { ...armed, fault: { error: cause, answered, left: 'changed' } } };
}
