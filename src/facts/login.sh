# How this very session came in, `login FROM PORT TO PORT`, and the device that has the address it came in at.
process=$$
while [ "${process:-0}" -gt 1 ]; do
  login=$(tr '\0' '\n' 2>/dev/null <"/proc/$process/environ" | sed -n 's/^SSH_CONNECTION=//p')
  [ -z "$login" ] || break
  process=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$process/status" 2>/dev/null)
done
if [ -n "$login" ]; then
  echo "login $login"
  read -r _ _ login_address _ <<LOGIN
$login
LOGIN
  ip -o addr show to "${login_address%%%*}" 2>/dev/null | while read -r _ device _; do
    echo "login-device $device"
  done
fi
