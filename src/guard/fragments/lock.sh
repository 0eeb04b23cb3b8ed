open_state
with_mutex
now=$(boot_id) || refuse 'cannot read the boot id'
if [ -d "$state/lock" ]; then
  owner=$(field "$state/lock/holder" run)
  if [ "$owner" = "$run" ]; then
    echo '@lock taken'
    exit 0
  fi
  if is_armed || [ "$(field "$state/lock/holder" boot)" = "$now" ]; then
    echo '@lock held'
    report_holder "$state/lock"
    exit 0
  fi
  echo '@stale yes'
  report_holder "$state/lock"
  drop_lock || refuse "cannot remove $state/lock"
elif is_armed; then
  echo '@lock held'
  echo '@armed yes'
  exit 0
fi
[ ! -e "$state/lock.new" ] || rm -rf "$state/lock.new"
mkdir "$state/lock.new" && printf '%s\n' "$holder" "boot=$now" | cat >"$state/lock.new/holder" ||
  refuse "cannot write in $state"
[ "$(field "$state/lock.new/holder" boot)" = "$now" ] || refuse "cannot write in $state"
mv -T "$state/lock.new" "$state/lock" || refuse "cannot write in $state"
echo '@lock taken'
