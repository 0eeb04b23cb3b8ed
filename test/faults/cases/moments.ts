import type { Case, Moment } from '../case.js';
import type { RunReport } from '../controller.js';

/** Phases of the mesh that change machines. */
export const CHANGING = ['keys', 'kernel', 'tunnel'] as const;
/** Phases whose changes could cut SSH. */
export const GUARDED = ['kernel', 'tunnel'] as const;
/** Exit codes of a controller that survives and reports what happened. */
export const SURVIVES = [0, 3, 4, 5, 7];
/** A run whose node reboots in the middle of a change: lost, reverted, or its change stopped by the shutdown. */
export const REBOOTED: Pick<Case, 'exits' | 'judge'> = {
  exits: [4, 5, 7],
  judge: onlyIf(7, 'may have been shutting down'),
};
/** A change that fails on one node, or that its guard stops first, if the machine that runs the matrix is busy. */
export const FAILS_IN_TIME: Pick<Case, 'exits' | 'judge'> = {
  exits: [5, 7],
  judge: onlyIf(5, 'takes longer than its guard waits'),
};

/** The run may end in this code only if its end says why. */
function onlyIf(exit: number, why: string): NonNullable<Case['judge']> {
  return ({ code, events }) =>
    code !== exit || codesOf(events).includes(why) ? [] : [`ended in ${exit} without saying "${why}"`];
}

/** The controller stands still there. */
export const pause = (type: string, phase?: string, nth?: number): Moment => ({
  type,
  action: 'pause',
  ...(phase === undefined ? {} : { phase }),
  ...(nth === undefined ? {} : { nth }),
});
/** The controller is killed there. */
export const kill = (type: string, phase?: string, nth?: number): Moment => ({
  ...pause(type, phase, nth),
  action: 'SIGKILL',
});
/** A moment as written in a case's name. */
export const where = ({ type, phase, nth }: Moment): string =>
  `${type}${nth === undefined ? '' : ` ${nth}`}${phase === undefined ? '' : ` of ${phase}`}`;

/** The end of a run as text, in which an error's code can be looked for. */
export const codesOf = (events: readonly { readonly type: string }[]): string =>
  JSON.stringify(events.filter(({ type }) => type === 'run-ended'));

/** Nobody's guard may have been given its confirmation: not even one that was undone afterwards. */
export const confirmsNobody = (events: RunReport['events']): readonly string[] =>
  events.flatMap((event) =>
    event.type === 'guard-confirmed' ? [`${event.phase} was confirmed on ${event.node}`] : [],
  );
