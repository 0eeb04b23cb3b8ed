# Sets `rx` to the bytes that the peer $1 was heard with, by what `wg show IF transfer` said in $2.
received() {
  rx=0
  while read -r heard_key heard_bytes _; do
    [ "$heard_key" != "$1" ] || rx=$heard_bytes
  done <<BRIDGEHEAD_TRANSFER
$2
BRIDGEHEAD_TRANSFER
}
