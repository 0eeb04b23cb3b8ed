check_state
for now in armed firing; do
  what="$state/guard/$now/what"
  [ "$(field "$what" run)" = "$run" ] || continue
  dir="$state/runs/$run/$(field "$what" snapshot)"
  if [ "$(field "$what" by)" = systemd ]; then
    systemd-run --quiet --collect --property=KillMode=process --property=Type=oneshot --no-block \
      --unit="$(field "$what" unit)-now" /bin/sh "$dir/guard.sh" fire 2>/dev/null
  else
    setsid sh "$dir/guard.sh" fire </dev/null >/dev/null 2>&1 &
  fi
  break
done
waited=0
while [ "$(field "$state/guard/armed/what" run)" = "$run" ] ||
  [ "$(field "$state/guard/firing/what" run)" = "$run" ]; do
  [ $waited -lt 240 ] || break
  sleep 0.5 2>/dev/null || sleep 1
  waited=$((waited + 1))
done
report_state
