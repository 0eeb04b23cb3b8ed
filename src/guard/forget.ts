import type { Fragment } from '../remote/program.js';
import { prelude } from './state-folder.js';

/**
 * Removes the state folder, snapshots and all, of a node that has left; what undoes its changes is gone with it. Refused
 * while a run has the node or a guard is armed there.
 */
export function forgetFragment(): Fragment {
  return {
    id: 'guard.forget',
    script: `${prelude()}[ -e "$state" ] || exit 0
check_state
with_mutex
is_armed && refuse 'a guard is armed'
[ ! -e "$state/lock" ] || refuse "run $(field "$state/lock/holder" run) has it"
rm -rf "$state"`,
  };
}
