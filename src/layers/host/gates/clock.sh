# Prints the clock; and `kept yes` or `kept no`, whether something keeps it right, which is asked only where
# it seems to be more than `$slack` seconds from `$here`, the clock of the machine that asks.
now=$(date +%s)
echo "clock $now"
apart=$((now - here))
if [ "${apart#-}" -gt "$slack" ]; then
  kept=
  if command -v timedatectl >/dev/null 2>&1; then
    kept=$(timeout 5 timedatectl 2>/dev/null | sed -n 's/^.*synchronized: *//p')
  elif command -v chronyc >/dev/null 2>&1; then
    normal='s/^Leap status *: *Normal.*/yes/p'
    kept=$(timeout 5 chronyc -n tracking 2>/dev/null | sed -n "$normal; s/^Leap status *: *Not.*/no/p")
  fi
  echo "kept ${kept:-unknown}"
fi
