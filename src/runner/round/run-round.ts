import { BridgeheadError } from '../../core/errors.js';
import { execute } from '../../remote/execute.js';
import type { FragmentReply } from '../../remote/program.js';
import { connectionOf, type RunContext } from '../context.js';
import { probeOf } from '../plan/node-probe.js';
import { type Round, throwUnkept, throwUnproven } from './build-round.js';
import { ChangeProgress } from './change-progress.js';
import { explainFailure } from './explain.js';
import { throwUnsatisfied } from './verify.js';

/** How a round left its node. */
export type Fate = 'untouched' | 'changed' | 'reverted' | 'unknown';

/** A round that is over: nothing waits for a confirmation. */
export interface RoundEnd {
  readonly fate: Fate;
  readonly error?: unknown;
}

/** A round whose program is over and whose guard is armed, or may be: the reply that would say so was lost. */
export interface ArmedRound {
  readonly round: Round;
  /** By `performance.now()`: when the node reverts the round by itself. */
  readonly deadline: number;
  /** What went wrong while it was made. */
  readonly fault?: {
    readonly error: unknown;
    /** Whether the program came to its end, so that what is known of the guard is true. */
    readonly answered: boolean;
    /** How the node is if no guard was armed. */
    readonly left: Fate;
  };
}

function throwFailed({ doings, again }: Round, replies: ReadonlyMap<string, FragmentReply>): void {
  for (const doing of doings) {
    const reply = replies.get(doing.id);
    if (reply && reply.code !== 0) throw explainFailure(doing, reply, again);
  }
}

/** Runs one round of changes on one node in one exec; if it is guarded, its end is still to be brought about. */
export async function runRound(context: RunContext, round: Round): Promise<RoundEnd | ArmedRound> {
  const { node, phase, reread } = round;
  const { seconds } = context.guard;
  const progress = new ChangeProgress(context, round.doings);
  let armedAt: number | undefined;
  let answered = false;
  const onEnd = (id: string, code: number) => {
    if (id === round.guard?.arm.id && code === 0) {
      armedAt = performance.now();
      context.armedNodes.add(node);
      context.emit({ type: 'guard-armed', phase, node, seconds });
    }
    progress.end(id, code);
  };
  let fault: ArmedRound['fault'];
  try {
    const probe = probeOf(reread);
    const fragments = [...round.fragments, ...probe.fragments];
    const replies = await execute(connectionOf(context, node), fragments, {
      node,
      deadlineMs: round.deadlineMs,
      signal: context.signal,
      onBegin: (id) => progress.begin(id),
      onEnd,
    }).finally(() => context.logins.changed());
    answered = true;
    throwUnkept(round, replies);
    throwFailed(round, replies);
    throwUnproven(round, replies);
    context.observations.record(probe, replies);
    throwUnsatisfied(context, round);
  } catch (cause) {
    const error = cause instanceof BridgeheadError ? cause.at({ ...progress.where, node }) : cause;
    const left: Fate = progress.begun ? 'changed' : 'untouched';
    if (!round.guard || (answered && armedAt === undefined)) return { fate: left, error };
    fault = { error, answered, left };
  }
  if (!round.guard) return { fate: 'changed' };
  const deadline = (armedAt ?? performance.now()) + seconds * 1000;
  return { round, deadline, ...(fault && { fault }) };
}
