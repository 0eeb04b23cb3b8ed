# `login FROM PORT TO PORT`, as session.sh found it, and the device that has the address it came in at.
if [ -n "$login" ]; then
  echo "login $login"
  read -r _ _ login_address _ <<LOGIN
$login
LOGIN
  ip -o addr show to "${login_address%%%*}" 2>/dev/null | while read -r _ device _; do
    echo "login-device $device"
  done
fi
