import { quote } from '../remote/quote.js';
import { isGuardOf } from './snapshot.js';
import { prelude } from './state-folder.js';
import type { PhaseOfRun } from './types.js';

/** Exit status of a change that was not begun because its guard isn't armed any more. */
export const GUARD_GONE = 75;

export interface GuardedChange extends PhaseOfRun {
  /** POSIX sh. */
  readonly script: string;
}

/**
 * Wraps a change so that it runs in a scope which the revert stops first. The guard is looked at inside the
 * scope: a revert that begins later finds the scope, one that began earlier is seen here. The text goes in on standard
 * input, so that it is in no process's arguments.
 */
export function changeScript({ run, phase, script }: GuardedChange): string {
  const program = `${prelude()}set +f
${isGuardOf('armed', { run, phase })} || { echo 'the guard of this phase is no longer armed; nothing was changed' >&2; exit ${GUARD_GONE}; }
( eval ${quote(script)} ) </dev/null
exit
`;
  return `${prelude()}set +f
number=$(field "$state/guard/armed/what" snapshot)
by=$(field "$state/guard/armed/what" by)
set -- sh -s
read -r uuid </proc/sys/kernel/random/uuid
[ "$by" != systemd ] || set -- systemd-run --scope --quiet --collect --property=TimeoutStopSec=2s --unit="bridgehead-apply-$(field "$state/guard/armed/what" run)-$number-\${uuid%%-*}" sh -s
printf '%s' ${quote(program)} | "$@"`;
}
