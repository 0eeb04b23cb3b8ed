import { BridgeheadError, EXIT } from '../../core/errors.js';
import { execute } from '../../remote/execute.js';
import type { FragmentReply } from '../../remote/program.js';
import type { Connection } from '../../remote/transport.js';
import { connectionOf, type RunContext } from '../context.js';
import { reportError } from '../events/report.js';
import { probeFragments } from '../plan/observations.js';
import type { StepWork } from '../plan/work.js';
import { takeBack } from '../undo/take-back.js';
import { type Round, throwUnkept, throwUnproven } from './build-round.js';
import { ChangeTeller } from './change-teller.js';
import { explainFailure } from './explain.js';
import {
  type Armed,
  type Intent,
  isLate,
  LAST_WORD_MS,
  settleRound,
  takeBackQuickly,
} from './settle-guard.js';

/** How a round left its node. */
export type Fate = 'untouched' | 'changed' | 'undone' | 'unknown';

export interface RoundRequest {
  readonly round: Round;
  /** Steps that are read again in the same exec. */
  readonly reread: readonly StepWork[];
  /** Throws when what was read again is not what the changes were to bring about. */
  readonly verify: () => void;
}

export interface RoundEnd {
  readonly fate: Fate;
  readonly error?: unknown;
}

const PROOF_MS = 60_000;
const LOOKS = 3;
const LOOK_AGAIN_MS = 2000;

function throwFailed({ doings }: Round, replies: ReadonlyMap<string, FragmentReply>): void {
  for (const { id, work, change } of doings) {
    const reply = replies.get(id);
    if (reply && reply.code !== 0) throw explainFailure(work, change, reply);
  }
}

/** What went wrong while a guarded round was made. */
export interface RoundFault {
  readonly error: unknown;
  /** Whether the program came to its end, so that what is known of the guard is true. */
  readonly answered: boolean;
  readonly left: Fate;
}

/** A round whose program is over. */
export type Begun =
  /** Nothing waits for a confirmation. */
  | { readonly kind: 'ended'; readonly end: RoundEnd }
  | {
      readonly kind: 'armed';
      readonly armed: Armed;
      readonly fault?: RoundFault;
      /** Whether it was made after all, though its answer was lost. */
      readonly isDone: (connection: Connection) => Promise<boolean>;
      /** Proves what the next boot will find; rejects with E_REVERTED where that must not stay. */
      readonly prove: (connection: Connection) => Promise<void>;
    };

/** Makes one round of changes on one node in one exec; where it is guarded, its end is still to be brought about. */
export async function beginRound(context: RunContext, request: RoundRequest): Promise<Begun> {
  const { round, reread, verify } = request;
  const { node } = round;
  const teller = new ChangeTeller(context, round.doings);
  const seconds = context.guard.seconds;
  let armedAt: number | undefined;
  let answered = false;
  const onEnd = (id: string, code: number) => {
    if (id === 'guard.arm' && code === 0) {
      armedAt = performance.now();
      context.armedNodes.add(node);
      context.emit({ type: 'guard-armed', phase: round.phase, node, seconds });
    }
    teller.end(id, code);
  };
  const waiting = (fault?: RoundFault): Begun => ({
    kind: 'armed',
    armed: { round, deadline: (armedAt ?? performance.now()) + seconds * 1000 },
    ...(fault && { fault }),
    isDone: (connection) => isDone(context, request, connection),
    prove: (connection) => prove(context, round, connection),
  });
  try {
    const replies = await execute(
      connectionOf(context, node),
      [...round.fragments, ...probeFragments(reread)],
      {
        node,
        deadlineMs: round.deadlineMs,
        signal: context.signal,
        onBegin: (id) => teller.begin(id),
        onEnd,
      },
    ).finally(() => context.logins.changed());
    answered = true;
    throwUnkept(context, round, replies);
    throwFailed(round, replies);
    throwUnproven(context, round, replies.get('guard.prove'));
    context.observations.record(reread, replies);
    verify();
  } catch (cause) {
    const error = cause instanceof BridgeheadError ? cause.at({ ...teller.where, node }) : cause;
    const left: Fate = teller.begun ? 'changed' : 'untouched';
    if (!round.guarded || (answered && armedAt === undefined)) {
      return { kind: 'ended', end: { fate: left, error } };
    }
    return waiting({ error, answered, left });
  }
  return round.guarded ? waiting() : { kind: 'ended', end: { fate: 'changed' } };
}

/** Makes a round and sees that it is confirmed or reverted, whatever becomes of other nodes. */
export async function makeRound(context: RunContext, request: RoundRequest): Promise<RoundEnd> {
  const begun = await beginRound(context, request);
  if (begun.kind === 'ended') return begun.end;
  return begun.fault ? endFailed(context, begun, begun.fault) : endConfirmed(context, begun.armed);
}

async function endConfirmed(context: RunContext, armed: Armed): Promise<RoundEnd> {
  try {
    const settled = await settleRound(context, armed, { kind: 'confirm' });
    if (settled.kind === 'kept') return { fate: 'changed' };
    if (settled.kind === 'taken-back') {
      return wholeBack(context, armed.round, { fate: takenBack(settled.error), error: settled.error });
    }
    throw new BridgeheadError('E_GUARD_UNKNOWN', `the guard of ${armed.round.node} is gone`, {
      node: armed.round.node,
      fix: 'somebody has removed /var/lib/bridgehead there; look at the node, then run again',
    });
  } catch (error) {
    return unsettled(context, armed, error);
  }
}

/** A guarded round in which something failed is taken back whole, unless it turns out to have been made. */
async function endFailed(
  context: RunContext,
  { armed, isDone, prove }: Extract<Begun, { kind: 'armed' }>,
  { error, answered, left }: RoundFault,
): Promise<RoundEnd> {
  let unproven: unknown;
  const look: Intent = {
    kind: 'look',
    isDone,
    prove: (connection) =>
      prove(connection).catch((cause: unknown) => {
        unproven = cause;
        throw cause;
      }),
  };
  try {
    if (context.signal.aborted) throw error;
    const intent: Intent = answered ? { kind: 'revert' } : look;
    const settled = await settleRound(context, armed, intent, error);
    if (settled.kind === 'kept') return { fate: 'changed' };
    if (settled.kind === 'never') return { fate: left, error };
    const fate = takenBack(settled.error);
    if (unproven !== undefined && fate === 'undone') {
      return wholeBack(context, armed.round, { fate, error: unproven });
    }
    return wholeBack(context, armed.round, revertedEnd(armed, settled.error, { error, answered }));
  } catch (unsettledError) {
    return unsettled(context, armed, unsettledError);
  }
}

/** How a round ended that failed and was reverted; `reverted`: what is told of the revert. */
export function revertedEnd(
  armed: Armed,
  reverted: BridgeheadError,
  { error, answered }: Pick<RoundFault, 'error' | 'answered'>,
): RoundEnd {
  const fate = takenBack(reverted);
  // A step that failed and was reverted in time has failed for its own reasons, not for the guard's.
  const stepFailed = error instanceof BridgeheadError && error.exitCode === EXIT.stepFailed;
  const ownFault = (answered || stepFailed) && fate === 'undone' && !isLate(armed);
  const where = error instanceof BridgeheadError ? error.details : {};
  return { fate, error: ownFault ? error : reverted.at({ phase: where.phase, step: where.step }) };
}

/** What stood before the first guarded change is no guard's business; a node that was put back loses it, too. */
export async function wholeBack(context: RunContext, round: Round, end: RoundEnd): Promise<RoundEnd> {
  if (end.fate !== 'undone' || !round.fragments.some(({ id }) => id === 'guard.snapshot')) return end;
  const { node, phase, label } = round;
  const signal = context.signal.aborted ? AbortSignal.timeout(LAST_WORD_MS) : context.signal;
  try {
    await takeBack(context, { node, phase, labels: [label], signal });
    return end;
  } catch (error) {
    context.emit({ type: 'node-failed', node, error: reportError(error, { node, phase }) });
    return { ...end, fate: 'changed' };
  }
}

export const takenBack = ({ code }: BridgeheadError): Fate => (code === 'E_REVERTED' ? 'undone' : 'unknown');

async function unsettled(context: RunContext, armed: Armed, error: unknown): Promise<RoundEnd> {
  if (!context.signal.aborted) return { fate: 'unknown', error };
  const back = await takeBackQuickly(context, armed);
  return wholeBack(context, armed.round, { fate: back ? 'undone' : 'unknown', error });
}

async function prove(context: RunContext, round: Round, connection: Connection): Promise<void> {
  const { node, label } = round;
  const fragment = context.nodeGuard.proofFragment({ run: context.run, phase: label });
  const options = { node, deadlineMs: PROOF_MS, signal: context.signal };
  throwUnproven(context, round, (await execute(connection, [fragment], options)).get(fragment.id));
}

/** Whether the round was made after all, though its answer was lost; it may still be under way. */
async function isDone(
  context: RunContext,
  { round, reread, verify }: RoundRequest,
  connection: Connection,
): Promise<boolean> {
  const { node } = round;
  for (let look = 1; ; look += 1) {
    const replies = await execute(connection, probeFragments(reread), {
      node,
      deadlineMs: context.patience.program * 1000,
      signal: context.signal,
    });
    context.observations.record(reread, replies);
    const works = new Set(round.doings.map(({ work }) => work));
    if ([...works].every((work) => context.observations.plan(work).every(({ recurs }) => recurs === true))) {
      verify();
      return true;
    }
    if (look === LOOKS) return false;
    await context.pause(LOOK_AGAIN_MS);
  }
}
