# `tailscale_asked WORD…` prints what the running tailscaled answers, nothing if none runs; bounded, since
# one that hangs answers nothing. `tailscale_settled` prints its status once it knows whether it is in its
# tailnet, for which it needs a moment after its start; a login server that doesn't answer ends the wait too.

tailscale_asked() {
  [ -S /run/tailscale/tailscaled.sock ] && command -v tailscale >/dev/null 2>&1 || return 0
  timeout -k 2 10 tailscale "$@" 2>/dev/null
}

tailscale_settled() {
  waited=0
  while :; do
    status=$(tailscale_asked status --json)
    case $status in
      *'"BackendState": "Starting"'* | *'"BackendState": "NoState"'*) ;;
      *) break ;;
    esac
    [ "$waited" -lt 15 ] || break
    waited=$((waited + 1))
    sleep 1
  done
  printf '%s\n' "$status"
}
