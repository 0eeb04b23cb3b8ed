# Who makes the interface `$name`, and what around it is to be known before it is taken over.

command -v wg >/dev/null 2>&1 || echo @no-wg
[ ! -f /etc/pivpn/wireguard/setupVars.conf ] || echo '@setup PiVPN'
! grep -qs '^SERVER_WG_NIC=' /etc/wireguard/params || echo "@setup angristan's script"
[ ! -f "/etc/wireguard/$name.json" ] || echo '@setup wg-easy'

# A file of another program, each line behind a bar, without keys. One with continued lines could hide a key
# from the pattern, so it isn't printed.
print_file() {
  echo "@file $1"
  if grep -q '\\$' "$1"; then
    echo "@extra $1"
  else
    sed "s/\([Pp][Rr][A-Za-z-]*[Kk][Ee][Yy][[:space:]]*=\).*/\1 (hidden)/; s/^/|/" "$1"
    # What ends without a newline would take the next mark with it.
    echo
  fi
}
print_extras() {
  for extra in "$@"; do
    [ ! -f "$extra" ] || echo "@extra $extra"
  done
}
# .network files, and what each has under [Match].
print_networks() {
  for file in "$@"; do
    [ -s "$file" ] || continue
    echo "@network $file"
    sed -n '/^\[Match\]/,/^\[/s/^[A-Z][A-Za-z]*[[:space:]]*=/@match &/p' "$file"
    echo
  done
}
index=
{ read -r index <"/sys/class/net/$name/ifindex"; } 2>/dev/null
for file in /etc/systemd/network/*.netdev /run/systemd/network/*.netdev \
  /usr/local/lib/systemd/network/*.netdev /usr/lib/systemd/network/*.netdev; do
  [ -f "$file" ] || continue
  kind='' called=''
  while IFS='= 	' read -r key value || [ -n "$key" ]; do
    case $key in
      Kind) kind=$value ;;
      Name) called=$value ;;
    esac
  done <"$file"
  [ "$kind $called" = "wireguard $name" ] || continue
  netdev=$file
  echo "@maker networkd $file"
  print_file "$file"
  print_extras /*/systemd/network/"${file##*/}".d/*.conf /usr/*/systemd/network/"${file##*/}".d/*.conf
  print_networks /etc/systemd/network/*.network /run/systemd/network/*.network \
    /usr/local/lib/systemd/network/*.network /usr/lib/systemd/network/*.network
  # As networkd itself notes it for each link.
  file=$(sed -n 's/^NETWORK_FILE=//p' "/run/systemd/netif/links/$index" 2>/dev/null)
  [ -f "$file" ] || continue
  ! systemctl is-active --quiet systemd-networkd.service 2>/dev/null || echo "@drives $netdev"
  print_file "$file"
  print_extras /*/systemd/network/"${file##*/}".d/*.conf /usr/*/systemd/network/"${file##*/}".d/*.conf
done
# Whether the keyfile $1 has the line $2.
says() { sed 's/[[:space:]]*=[[:space:]]*/=/; s/[[:space:]]*$//' "$1" | grep -qx "$2"; }
for file in /etc/NetworkManager/system-connections/* /run/NetworkManager/system-connections/* \
  /usr/lib/NetworkManager/system-connections/*; do
  [ -f "$file" ] && says "$file" type=wireguard && says "$file" "interface-name=$name" || continue
  echo "@maker NetworkManager $file"
  active=$(nmcli -g GENERAL.CON-UUID device show "$name" 2>/dev/null)
  ! says "$file" "uuid=${active:-none}" || echo "@drives $file"
  print_file "$file"
done
for file in /etc/network/interfaces /etc/network/interfaces.d/*; do
  [ -f "$file" ] || continue
  while read -r word called _ || [ -n "$word" ]; do
    [ "$word $called" != "iface $name" ] || echo "@maker ifupdown $file"
  done <"$file"
done
if command -v docker >/dev/null 2>&1; then
  docker ps --format '{{.Names}} {{.Image}}' 2>/dev/null | while read -r container image; do
    case $image in *wg-easy* | */wireguard | */wireguard:*) echo "@maker container $container" ;; esac
  done
fi

for tool in iptables ip6tables; do
  rules=$($tool -w -S INPUT 2>/dev/null) || continue
  case $rules in
    '-P INPUT ACCEPT'*)
      ! printf '%s\n' "$rules" | grep -Eqv -e '^-P ' -e '-j ACCEPT$' || echo "@closed $tool"
      ;;
    *) echo "@closed $tool" ;;
  esac
done
iptables -w -t nat -S POSTROUTING 2>/dev/null |
  grep -E -e '-j (MASQUERADE|SNAT)' |
  while read -r rule; do echo "@source $rule"; done

settings='(ip_forward|conf[./][a-z]+[./](forwarding|rp_filter))'
for file in /etc/sysctl.conf /etc/sysctl.d/*.conf; do
  [ -f "$file" ] && [ ! -L "$file" ] || continue
  case ${file##*/} in 99-bridgehead*) continue ;; esac
  grep -E "^[[:space:]]*-?net[./]ipv[46][./]${settings}[[:space:]]*=" "$file" |
    while read -r line; do echo "@setting $file $line"; done
done

for file in "/etc/wireguard/psk/$name"/*; do
  [ -f "$file" ] || continue
  key=$(cat "$file")
  sum=$(printf %s "$key" | sha256sum)
  echo "@psk ${sum%% *} $file"
done

[ -z "$login" ] || echo "@ssh $login"
