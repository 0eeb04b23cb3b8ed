# `redirect INTERFACE KEY` sets the endpoint of a peer as the config has it, whatever WireGuard has learned.
redirect() {
  key='' wanted=''
  while read -r word _ value; do
    case $word in
      '[Peer]') key='' ;;
      PublicKey) key=$value ;;
      Endpoint) [ "$key" != "$2" ] || wanted=$value ;;
    esac
  done <"/etc/wireguard/$1.conf"
  [ -z "$wanted" ] || wg set "$1" peer "$2" endpoint "$wanted"
}

# `redirect_all INTERFACE KEY…` does that for pairs of them.
redirect_all() {
  while [ $# -gt 0 ]; do
    redirect "$1" "$2"
    shift 2
  done
}
