import { CLOSED_PREFERENCE, MARK_KEY } from '../forwarding/closed.js';
import { WAS_ON } from '../forwarding/was-on.js';
import { HOOKS, SETTERS } from './why-forwards.js';

const SETS = `^[[:space:]]*([^#;[:space:]].*)?${MARK_KEY.split('.').at(-1)}`;

/**
 * sh: `mark_wanted SETTINGS`, called once our own file with those settings is gone, tells whether the kernel has to go on asking for the
 * way back with the packet's mark: it did before us, another file or hook sets it, or a routing rule of somebody else goes by marks.
 */
export const MARK_WANTED = `mark_wanted() {
case $1 in *'${WAS_ON}${MARK_KEY} = 1'*) return 0 ;; esac
! grep -Elrqs '${SETS}' ${SETTERS} ${HOOKS} || return 0
ip rule show 2>/dev/null | grep -v '^${CLOSED_PREFERENCE}:' | grep -q fwmark
}`;
