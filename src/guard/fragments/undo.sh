if [ ! -e "$state" ] && [ ! -L "$state" ]; then
  echo '@undo unknown'
  exit 0
fi
check_state
is_armed && [ "$(field "$state/guard/armed/what" run)" != "$guarded_by" ] &&
  refuse 'a guard is armed on this node; wait until it is over'
[ -d "$state/runs/$run" ] || {
  echo '@undo unknown'
  exit 0
}
for number in $(ls "$state/runs/$run" | sort -r); do
  dir="$state/runs/$run/$number"
  [ -f "$dir/guard.sh" ] && [ -f "$dir/complete" ] || continue
  is_chosen "$(field "$dir/what" phase)" || continue
  echo "@phase $(field "$dir/what" phase)"
  sh "$dir/guard.sh" revert </dev/null >/dev/null 2>&1
  sed 's/^/@reverted /' "$dir/reverted" 2>/dev/null
  sed 's/^/@failed /' "$dir/failed" 2>/dev/null
  [ -s "$dir/failed" ] || echo "$guarded_by" >"$dir/undo-done"
done
echo '@undo done'
