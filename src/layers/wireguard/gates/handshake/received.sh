# Sets `rx` to the bytes received from the peer $1, from the output of `wg show IF transfer` in $2.
received() {
  rx=0
  while read -r heard_key heard_bytes _; do
    [ "$heard_key" != "$1" ] || rx=$heard_bytes
  done <<BRIDGEHEAD_TRANSFER
$2
BRIDGEHEAD_TRANSFER
}
