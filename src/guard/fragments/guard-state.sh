# Prints the state of the guard of `$run`: the armed one, or else what became of the run's last guarded phase.
report_state() {
  for now in armed firing; do
    what="$state/guard/$now/what"
    [ "$(field "$what" run)" = "$run" ] || continue
    echo "@guard $now"
    sed -n -e 's/^run=/@run /p' -e 's/^phase=/@phase /p' "$what"
    [ ! -e "$state/runs/$run/$(field "$what" snapshot)/proven" ] || echo '@proven yes'
    [ $now = firing ] ||
      echo "@left $(($(field "$what" from) + $(field "$what" seconds) - $(uptime_seconds)))"
    return 0
  done
  for number in $(ls "$state/runs/$run" 2>/dev/null | sort -r); do
    dir="$state/runs/$run/$number"
    [ -f "$dir/outcome" ] || continue
    echo "@guard $(cat "$dir/outcome")"
    sed -n -e 's/^run=/@run /p' -e 's/^phase=/@phase /p' "$dir/what"
    sed 's/^/@reverted /' "$dir/reverted" 2>/dev/null
    sed 's/^/@failed /' "$dir/failed" 2>/dev/null
    sed 's/^/@note /' "$dir/notes" 2>/dev/null
    sed 's/^/@live /' "$dir/live-units" 2>/dev/null
    return 0
  done
  echo '@guard none'
}
