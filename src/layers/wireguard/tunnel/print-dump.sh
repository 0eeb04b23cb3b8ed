# Prints what it reads, an interface as `wg show IF dump` shows it, without its keys: of each preshared key
# only the checksum.
{
  set -f
  IFS='	' read -r _ public port _ && echo "@interface $public $port"
  while IFS='	' read -r peer key endpoint allowed shake _ _ keepalive; do
    IFS=,; set -- $allowed; IFS=' '
    echo "@peer $peer $endpoint $shake $keepalive $*"
    [ "$key" = '(none)' ] || { sum=$(printf %s "$key" | sha256sum); echo "@shared $peer ${sum%% *}"; }
  done
  date '+@now %s'
}
