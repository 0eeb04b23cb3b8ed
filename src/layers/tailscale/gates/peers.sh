# Whether packets pass to each peer, and by which way. `$peers`: a line for each, with its number and its
# address. A ping of tailscale's own ends at the peer's tailscaled and shows the way; one of the kernel passes
# both machines' firewalls too.

way_to() {
  timeout -k 1 12 tailscale ping --c 4 --timeout 2s "$1" 2>&1 |
    sed -n 's/^pong from .* via \(.*\) in [0-9.]*m\{0,1\}s$/\1/p' | tail -n 1
}

kernel_ping() {
  if command -v ping >/dev/null 2>&1; then
    timeout -k 1 4 ping -n -c 1 -W 3 "$1" 2>/dev/null | sed -n 's/^.*time[=<]\([0-9.]*\) ms.*$/\1/p'
  else
    timeout -k 1 5 tailscale ping --icmp --c 1 --timeout 3s "$1" 2>/dev/null |
      sed -n 's/^pong from .* in \([0-9.]*\)m\{0,1\}s$/\1/p'
  fi
}

measure() {
  while :; do
    took=$(kernel_ping "$2")
    [ -z "$took" ] || break
    again || break
  done
  way=$(way_to "$2")
  echo "peer $1 ${took:-lost} ${way:-none}"
}

measure_all() {
  while read -r number address; do
    [ -z "$address" ] || measure "$number" "$address" &
  done <<BRIDGEHEAD_PEERS
$peers
BRIDGEHEAD_PEERS
  wait
}

if command -v tailscale >/dev/null 2>&1; then
  measured=$(measure_all)
  printf '%s\n' "$measured"
  case $measured in
    *' DERP('*)
      timeout -k 2 20 tailscale netcheck --format=json 2>/dev/null |
        sed -n 's/^[[:space:]]*"\(UDP\|MappingVariesByDestIP\)": *"\{0,1\}\(true\|false\).*$/netcheck \1 \2/p'
      ;;
  esac
fi
echo end
