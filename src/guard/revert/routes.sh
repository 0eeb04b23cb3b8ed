# Routes and rules of both families, all tables but the kernel's own, as text that `ip` accepts again. Only
# with its details does it say who made a rule: systemd-networkd deletes at its start what is not the
# kernel's. Busybox has no details.

read_routes() {
  ip -o "-$1" route show table all 2>/dev/null | awk '
    / table local / || / table local$/ || /^(local|broadcast|anycast|multicast) / { next }
    / proto ra / || / expires / || /^fe80::\/64 .* proto kernel/ { next }
    {
      gsub(/\\/, " ")
      line = ""
      for (i = 1; i <= NF; i++) {
        if ($i ~ /^(linkdown|dead|offload|rt_offload|trap|rt_trap|notify)$/) continue
        if ($i == "error" || $i == "nhid") { i++; continue }
        line = line (line == "" ? "" : " ") $i
      }
      print line
    }'
}

read_rules() {
  {
    ip -d "-$1" rule show || ip "-$1" rule show
  } 2>/dev/null | sed 's/ *\[detached\]//g; s/^\([0-9]*\):[[:space:]]*/\1 /; s/[[:space:]]*$//'
}

save_routes() {
  for family in 4 6; do
    read_routes $family >"$live/route$family" && read_rules $family >"$live/rule$family" || return
  done
}

differences() {
  "read_$1s" "$2" >"$work/now"
  only_in "$work/now" "$live/$1$2" >"$work/extra"
  only_in "$live/$1$2" "$work/now" >"$work/missing"
  [ -s "$work/extra" ] || [ -s "$work/missing" ]
}

# `ip` shows no scope that is global, and gives a new route without a gateway another one.
full_line() {
  case "$1 $2 $3" in
    'rule '*) echo "pref $3" ;;
    'route 6 '* | *' scope '* | *' via '* | *' nexthop '*) echo "$3" ;;
    *) echo "scope global $3" ;;
  esac
}

change_line() {
  line="$4"
  set -- "$1" "$2" "$3" $(full_line "$2" "$3" "$4")
  verb=$1 what=$2 family=$3
  shift 3
  ip "-$family" "$what" "$verb" "$@" 2>/dev/null || return 0
  if [ "$verb" = del ]; then reverted "$what removed: $line"; else reverted "$what added again: $line"; fi
}

# A route's own source address is only accepted once the kernel has found that nobody else has it.
await_addresses() {
  for second in 1 2 3; do
    ip -6 addr show 2>/dev/null | grep tentative | grep -qv dadfailed || return 0
    sleep 1
  done
}

revert_lines() {
  for pass in 1 2 3; do
    differences "$1" "$2" || return 0
    [ "$pass" = 1 ] || [ "$2" = 4 ] || await_addresses
    while read -r line; do change_line del "$1" "$2" "$line"; done <"$work/extra"
    while read -r line; do change_line add "$1" "$2" "$line"; done <"$work/missing"
  done
  differences "$1" "$2" || return 0
  while read -r line; do failed "$1 still there: $line"; done <"$work/extra"
  while read -r line; do failed "$1 missing: $line"; done <"$work/missing"
}
