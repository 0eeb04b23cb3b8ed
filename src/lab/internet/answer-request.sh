# Reads one HTTP request into $method, $path and $body, and has `answer STATUS TYPE BODY` for it.
cr=$(printf '\r')
IFS=' ' read -r method path _ || exit 0
size=0
while IFS= read -r line && [ "$line" != "$cr" ] && [ -n "$line" ]; do
  case $line in
  [Cc]ontent-[Ll]ength:*) size=$(printf '%s' "${line#*:}" | tr -cd 0-9) ;;
  esac
done
body=
[ "${size:-0}" -eq 0 ] || body=$(head -c "$size")
answer() {
  printf 'HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %s\r\n' "$1" "$2" "${#3}"
  printf 'Replay-Nonce: %s\r\nCache-Control: no-store\r\nRetry-After: 3600\r\nConnection: close\r\n\r\n' "$$"
  [ "$method" = HEAD ] || printf '%s' "$3"
}
