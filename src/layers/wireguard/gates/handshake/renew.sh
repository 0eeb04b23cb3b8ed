# `renew INTERFACE KEY` removes a peer from an interface and adds it again unchanged: this ends its
# session, and the next packet starts a new one.
renew() {
  wg show "$1" dump 2>/dev/null | while IFS='	' read -r key shared endpoint allowed _ _ _ keepalive; do
    [ "$key" = "$2" ] && [ "$endpoint" != '(none)' ] && [ "$allowed" != '(none)' ] || continue
    set -- "$1" peer "$key" remove \
      peer "$key" endpoint "$endpoint" persistent-keepalive "$keepalive" allowed-ips "$allowed"
    if [ "$shared" = '(none)' ]; then
      wg set "$@"
    else
      printf '%s\n' "$shared" | wg set "$@" preshared-key /dev/stdin
    fi
  done
}
