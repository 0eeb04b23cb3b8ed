import { BridgeheadError } from '../../core/errors.js';
import { type ArmOutcome, joinTouches, NO_TOUCHES, type Touches } from '../../guard/index.js';
import { explainUnwritable } from '../../layers/shared/failures.js';
import type { Change } from '../../layers/step.js';
import { answerTo, type Done, type Part, type Refused } from '../../remote/part.js';
import type { Fragment, FragmentReply } from '../../remote/program.js';
import { sanitize } from '../../remote/sanitize.js';
import type { RunContext } from '../context.js';
import type { PlannedStep } from '../plan/planned.js';
import type { StepWork } from '../plan/work.js';
import type { Doing } from './change-progress.js';
import { labelOf } from './labels.js';

/** For keeping what is there, and for proving what the next boot will find. */
const DEFAULT_KEEPING_SECONDS = 120;

/** One round of changes on one node: what is kept first, what is done, and from where on it is guarded. */
export interface Round {
  readonly node: string;
  readonly phase: string;
  /** Name under which the node keeps the round's snapshots: the phase, and which round of it. */
  readonly label: string;
  /** Counted from 1. */
  readonly number: number;
  /** The phase's steps on the node, those with nothing to change among them. */
  readonly planned: readonly PlannedStep[];
  /** Steps that are read again in the same exec: those, and others that are planned next. */
  readonly reread: readonly StepWork[];
  readonly doings: readonly Doing[];
  readonly fragments: readonly Fragment[];
  /** Keeps what is there before the changes that are not guarded; missing if there are none. */
  readonly snapshot: Part<Done> | undefined;
  /** Missing if the node's guard is not armed on the way. */
  readonly guard: { readonly arm: Part<ArmOutcome>; readonly proof: Part<Done> } | undefined;
  readonly deadlineMs: number;
  /** What to run once an error of it is fixed, as it is written after `then run`. */
  readonly again: string;
}

const touchesOf = ({ touches = {} }: Change): Touches => ({ ...NO_TOUCHES, ...touches });

function isGuarded(work: StepWork, change: Change): boolean {
  return work.step.guard ?? change.guarded ?? false;
}

/** A step that its playbook wants guarded may be of a kind that doesn't know what it touches. */
function keptOf({ work, change }: Doing): Touches {
  const touches = touchesOf(change);
  return work.step.guard === true && change.guarded !== true ? { ...touches, network: true } : touches;
}

function touchesAnything({ files, units, sysctls, interfaces, network }: Touches): boolean {
  return network || [files, units, sysctls, interfaces].some((list) => list.length > 0);
}

/**
 * Puts a round together, all of it for one exec: what comes before the first change that could cut SSH is kept and
 * done; then everything that the rest touches is kept, the guard armed, and the rest done in a scope that the guard
 * can stop.
 */
export function buildRound(
  {
    run,
    guard,
    nodeGuard,
    patience,
    again,
  }: Pick<RunContext, 'run' | 'guard' | 'nodeGuard' | 'patience' | 'again'>,
  request: Pick<Round, 'node' | 'number' | 'planned' | 'reread'>,
): Round {
  const { planned } = request;
  const phase = planned[0]?.work.phase ?? '';
  const label = labelOf(phase, request.number);
  const doings = planned.flatMap(({ work, changes }) =>
    changes.map((change, index): Doing => ({ id: `do.${work.step.id}.${index}`, work, change })),
  );
  const first = guard.enabled ? doings.findIndex(({ work, change }) => isGuarded(work, change)) : -1;
  const free = first < 0 ? doings : doings.slice(0, first);
  const guarded = first < 0 ? [] : doings.slice(first);
  const kept = joinTouches(free.map(keptOf));
  const snapshot = touchesAnything(kept)
    ? nodeGuard.snapshotFragment({ run, phase: label, touches: kept })
    : undefined;
  const touches = joinTouches(guarded.map(keptOf));
  const parts = guarded.length > 0 && {
    arm: nodeGuard.armFragment({ run, phase: label, touches, seconds: guard.seconds }),
    proof: nodeGuard.proofFragment({ run, phase: label }),
  };
  const toDo = ({ id }: Doing, script: string): Fragment => ({ id, script, required: true });
  const fragments = [
    ...(snapshot ? [snapshot] : []),
    ...free.map((doing) => toDo(doing, doing.change.script)),
    ...(parts ? [parts.arm] : []),
    ...guarded.map((doing) =>
      toDo(doing, nodeGuard.changeScript({ run, phase: label, script: doing.change.script })),
    ),
    ...(parts ? [parts.proof] : []),
  ];
  const changing = planned.filter(({ changes }) => changes.length > 0);
  const seconds = changing.map(({ work }) => work.kind.timeoutSeconds?.(work.context) ?? patience.program);
  return {
    ...request,
    phase,
    label,
    doings,
    fragments,
    snapshot,
    guard: parts || undefined,
    deadlineMs: 1000 * seconds.reduce((sum, one) => sum + one, DEFAULT_KEEPING_SECONDS),
    again,
  };
}

/** Throws if the node could not save what is there, or arm its guard; nothing after that was done. */
export function throwUnkept(
  { node, label, snapshot, guard }: Round,
  replies: ReadonlyMap<string, FragmentReply>,
): void {
  const kept = snapshot && answerTo(replies, snapshot);
  if (kept?.kind === 'refused') {
    throw refusal(`cannot save what ${node} has now; ${label} was not applied`, kept);
  }
  const armed = guard && answerTo(replies, guard.arm);
  if (armed?.kind === 'refused') {
    throw refusal(`cannot arm the guard on ${node}; ${label} was not applied`, armed);
  }
}

/** Throws if nobody could log in after the node's next boot, by its own proof; the round is then to be reverted. */
export function throwUnproven(round: Round, replies: ReadonlyMap<string, FragmentReply>): void {
  const proof = round.guard && answerTo(replies, round.guard.proof);
  if (proof) throwRefusedProof(round, proof);
}

/** As {@link throwUnproven}, of an answer that came by itself. */
export function throwRefusedProof({ node, label, again }: Round, proof: Done): void {
  if (proof.kind !== 'refused') return;
  throw new BridgeheadError(
    'E_REVERTED',
    `${label} was reverted on ${node}: it would not have survived the next boot`,
    {
      node,
      evidence: sanitize(proof.reason, 1000),
      fix: `fix the errors above, then run ${again}`,
    },
  );
}

function refusal(message: string, { reason }: Refused): BridgeheadError {
  const full = explainUnwritable({ stderr: reason });
  return new BridgeheadError(full?.code ?? 'E_NO_GUARD', message, {
    evidence: sanitize(reason, 500),
    fix: full?.fix ?? 'fix the error above, or take the risk of being locked out with --no-guard',
  });
}
