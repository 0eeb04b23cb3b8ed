# Every WireGuard interface of the machine that is up or has a configuration of wg-quick, with its addresses;
# and by which of them somebody's records speak for it already.

is_name() {
  case $1 in *[!A-Za-z0-9_=+.-]* | '') return 1 ;; esac
  return 0
}

is_wireguard() {
  [ ! -S "/var/run/wireguard/$1.sock" ] || return 0
  [ -r "/sys/class/net/$1/uevent" ] || return 1
  while read -r line; do
    [ "$line" != DEVTYPE=wireguard ] || return 0
  done <"/sys/class/net/$1/uevent"
  return 1
}

for conf in /etc/wireguard/*.conf; do
  name=${conf##*/} name=${name%.conf}
  [ -f "$conf" ] && is_name "$name" || continue
  written=$(sed -n 's/^[[:space:]]*[Aa][Dd][Dd][Rr][Ee][Ss][Ss][[:space:]]*=//p' "$conf" | tr ',\n' '  ')
  echo "@candidate $name $written"
done
for link in /sys/class/net/*; do
  name=${link##*/}
  is_name "$name" && is_wireguard "$name" || continue
  echo "@candidate $name $(ip -o addr show dev "$name" | awk '{ printf " %s", $4 }')"
done
for record in "$records"/*; do
  [ ! -f "$record" ] || echo "@recorded ${record##*/}"
done
