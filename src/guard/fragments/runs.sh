if [ ! -e "$state" ] && [ ! -L "$state" ]; then exit 0; fi
check_state

# Not if the guard of the undo has reverted it.
is_undone() {
  [ -f "$dir/undo-done" ] || return 1
  read -r by <"$dir/undo-done" || return 0
  for one in $(ls "$state/runs/${by:-none}" 2>/dev/null); do
    ! grep -qs '^revert' "$state/runs/$by/$one/outcome" || return 1
  done
}

for run in $(ls "$state/runs" 2>/dev/null | sort); do
  echo "@run $run"
  for number in $(ls "$state/runs/$run" | sort); do
    dir="$state/runs/$run/$number"
    [ -f "$dir/complete" ] || continue
    echo "@since $(field "$dir/what" since)"
    echo "@phase $(field "$dir/what" phase)"
    [ ! -f "$dir/outcome" ] || echo "@outcome $(cat "$dir/outcome")"
    [ ! -s "$dir/interfaces.list" ] || sed 's/^/@interface /' "$dir/interfaces.list"
    for list in files units sysctls; do
      [ ! -s "$dir/$list.list" ] || sed "s/^/@touched ${list%s} /" "$dir/$list.list"
    done
    is_undone || echo '@standing yes'
  done
done
