# Who makes the interface `$name`, and what around it is to be known before it is taken over.

command -v wg >/dev/null 2>&1 || echo @no-wg
[ ! -f /etc/pivpn/wireguard/setupVars.conf ] || echo '@setup PiVPN'
! grep -qs '^SERVER_WG_NIC=' /etc/wireguard/params || echo "@setup angristan's script"
[ ! -f "/etc/wireguard/$name.json" ] || echo '@setup wg-easy'

for file in /etc/systemd/network/*.netdev /run/systemd/network/*.netdev; do
  [ -f "$file" ] || continue
  kind='' called=''
  while IFS='= 	' read -r key value; do
    case $key in
      Kind) kind=$value ;;
      Name) called=$value ;;
    esac
  done <"$file"
  [ "$kind $called" != "wireguard $name" ] || echo "@maker networkd $file"
done
for file in /etc/NetworkManager/system-connections/* /run/NetworkManager/system-connections/*; do
  [ -f "$file" ] && grep -qx 'type=wireguard' "$file" || continue
  ! grep -qx "interface-name=$name" "$file" || echo "@maker NetworkManager $file"
done
for file in /etc/network/interfaces /etc/network/interfaces.d/*; do
  [ -f "$file" ] || continue
  while read -r word called _; do
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

# Where this session comes from is in the environment of the shell that sshd has started.
process=$$
while [ "$process" -gt 1 ] && [ -r "/proc/$process/environ" ]; do
  from=$(tr '\0' '\n' <"/proc/$process/environ" 2>/dev/null | sed -n 's/^SSH_CONNECTION=//p')
  if [ -n "$from" ]; then
    echo "@ssh $from"
    break
  fi
  read -r fields <"/proc/$process/stat" || break
  # shellcheck disable=SC2086
  set -- ${fields##*) }
  process=$2
done
