# Prints `served HOST BASE64`: the certificate that the proxy shows for each name given, `-` for none.
# Tries again as long as one is missing or made by the proxy itself.
print_shown() {
  timeout 5 openssl s_client -connect 127.0.0.1:443 -servername "$1" </dev/null 2>/dev/null |
    openssl x509 -issuer 2>/dev/null
}
# The inside of a PEM: each process that is spared counts, with many names on a busy edge.
print_body() {
  body='' is_inside=''
  while read -r line; do
    case $line in
      -----BEGIN*) is_inside=yes ;;
      -----END*) break ;;
      *) [ -z "$is_inside" ] || body=$body$line ;;
    esac
  done
  echo "${body:--}"
}
if ! command -v openssl >/dev/null 2>&1; then
  echo no-openssl
  set --
fi
while :; do
  lines='' wait=''
  for name in "$@"; do
    shown=$(print_shown "$name")
    lines="$lines
served $name $(echo "$shown" | print_body)"
    case $shown in
      '' | *'TRAEFIK DEFAULT CERT'* | *'Caddy Local Authority'*) wait=yes ;;
    esac
  done
  [ -n "$wait" ] && again || break
done
echo "$lines"
