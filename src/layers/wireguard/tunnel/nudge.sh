# `nudge ADDRESS…` sends packets to overlay addresses, which makes WireGuard shake hands where it must; what
# is answered shows that the session works. `$nudge_program` is perl; where there is none, ping does it.
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
