# Removes the state folder, unless a run has the node or a guard is armed there.
[ -e "$state" ] || exit 0
check_state
with_mutex
is_armed && refuse 'a guard is armed'
[ ! -e "$state/lock" ] || refuse "run $(field "$state/lock/holder" run) has it"
rm -rf "$state"
