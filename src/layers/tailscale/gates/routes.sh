# Whether packets pass to an address behind each advertised range. `$routes`: a line for each, with its number
# and the address.

measure() {
  while :; do
    device=$(ip route get "$2" 2>/dev/null | sed -n 's/^.* dev \([^ ]*\).*$/\1/p')
    took=$(timeout -k 1 4 ping -n -c 1 -W 3 "$2" 2>/dev/null | sed -n 's/^.*time[=<]\([0-9.]*\) ms.*$/\1/p')
    [ -z "$took" ] || break
    again || break
  done
  echo "route $1 ${device:-none} ${took:-lost}"
}

command -v ping >/dev/null 2>&1 || echo 'no-ping'
while read -r number address; do
  [ -z "$address" ] || measure "$number" "$address" &
done <<BRIDGEHEAD_ROUTES
$routes
BRIDGEHEAD_ROUTES
wait
echo end
