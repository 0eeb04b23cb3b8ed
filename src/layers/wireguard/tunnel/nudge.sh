# `nudge ADDRESS…` sends packets to overlay addresses, which makes WireGuard shake hands if it has to;
# answers show that the session works. `$nudge_program` is in perl; without perl, ping is used.
nudge() {
  perl -e "$nudge_program" -- "$@" 2>/dev/null && return
  started=0
  for address in "$@"; do
    ping -c 1 -W 1 "$address" >/dev/null 2>&1 &
    started=$((started + 1))
    [ $((started % 32)) != 0 ] || wait
  done
  wait
}
