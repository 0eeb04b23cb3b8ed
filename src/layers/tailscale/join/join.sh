# Joins with the key in `$key`, which only reaches tailscale through a pipe, and is cut out of all that it
# says. What the server answers to a wrong key is only in its health, and tailscale would wait until its time
# is up.

without_key() {
  while IFS= read -r line; do
    while :; do
      case $line in
        *"$key"*) line="${line%%"$key"*}[redacted]${line#*"$key"}" ;;
        *) break ;;
      esac
    done
    printf '%s\n' "$line"
  done
}

health() {
  timeout -k 2 10 tailscale status --json --peers=false 2>/dev/null |
    sed -n '/^[[:space:]]*"Health": \[/,/^[[:space:]]*]/s/^[[:space:]]*"\(.*\)",\{0,1\}$/\1/p' |
    sed 's/\\"/"/g'
}

command -v tailscale >/dev/null 2>&1 || {
  echo 'tailscale is not installed' >&2
  exit 1
}
said=$(umask 077 && mktemp /run/bridgehead-tailscale-XXXXXX) || exit 1
trap 'rm -f "$said"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

set -- "$@" --auth-key=file:/dev/fd/3 --timeout=25s --accept-risk=all
timeout -k 5 40 tailscale up "$@" 3<<BRIDGEHEAD_KEY >"$said" 2>&1 &
$key
BRIDGEHEAD_KEY
joining=$!
refused=
while kill -0 "$joining" 2>/dev/null; do
  refused=$(health | grep -E 'last login error.*(http 4[0-9][0-9]|certificate)')
  [ -z "$refused" ] || {
    kill "$joining" 2>/dev/null
    break
  }
  sleep 1
done
if wait "$joining" && [ -z "$refused" ]; then exit 0; fi
{
  cat "$said"
  health
} | without_key >&2
timeout -k 2 10 tailscale down --accept-risk=all >/dev/null 2>&1
echo 'the node did not join the tailnet' >&2
exit 1
