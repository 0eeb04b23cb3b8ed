# Keeps a snapshot in `$dir`, a numbered folder of its own below the run's. The script that reverts it is kept
# with it, so that a later version of Bridgehead can't fail to read it. `fail` removes the folder and refuses.

begin_snapshot() {
  open_state
  with_mutex
  [ "$(field "$state/lock/holder" run)" = "$run" ] || refuse 'this run does not hold the lock of this node'
  if is_armed; then
    guarded=$(field "$state/guard/armed/what" run)
    refuse "a guard of run $guarded is armed on this node; wait until it is over"
  fi
  runs="$state/runs"
  [ -d "$runs/$run" ] || mkdir "$runs/$run" || refuse "cannot write in $state"
  order=$(field "$runs/$run/0001/what" order)
  [ -n "$order" ] || order=$(next_order)
  last=
  for one in $(ls "$runs/$run"); do last=${one#"${one%%[!0]*}"}; done
  number=$(printf '%04d' $((${last:-0} + 1)))
  dir="$runs/$run/$number"
  mkdir "$dir" || fail "cannot write in $state"
  printf '%s\n' "run=$run" "phase=$phase" "order=$order" "since=$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    "boot=$(boot_id)" |
    cat >"$dir/what" || fail "cannot write in $dir"
}

# Prints the kept runs, oldest first, each after its number. The node counts them itself: their ids have the
# time of controllers, whose clocks may be wrong. What an earlier version has kept has no number.
numbered_runs() {
  for one in $(ls "$runs"); do
    order=$(field "$runs/$one/0001/what" order)
    echo "${order:-0} $one"
  done | sort -k 1,1n -k 2
}

next_order() {
  last=$(numbered_runs | tail -n 1)
  echo $((${last%% *} + 1))
}

fail() {
  rm -rf "$dir"
  rmdir "$runs/$run" 2>/dev/null
  refuse "$1"
}

list() {
  name=$1
  shift
  [ $# = 0 ] || printf '%s\n' "$@" | cat >"$dir/$name.list" || fail "cannot write in $dir"
}

# Runs the script that was written into the folder, $1 bytes, and keeps the last $2 runs, always this one.
end_snapshot() {
  [ "$(stat -c %s "$dir/guard.sh")" = "$1" ] || fail "cannot write in $dir"
  sh "$dir/guard.sh" snapshot 9>&- || fail 'a revert of this could not be prepared'
  kept=$2
  set -- $(numbered_runs | sed 's/.* //')
  surplus=$(($# - kept))
  for one; do
    [ $surplus -gt 0 ] || break
    [ "$one" != "$run" ] || continue
    rm -rf "${runs:?}/$one"
    surplus=$((surplus - 1))
  done
  sync -f "$dir" 2>/dev/null || sync
}
