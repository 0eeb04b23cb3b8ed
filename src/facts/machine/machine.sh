for release in /etc/os-release /usr/lib/os-release; do
  [ -r "$release" ] || continue
  # shellcheck disable=SC1090
  (. "$release" && echo "os ${ID:-unknown} ${VERSION_ID:-}" && echo "title ${PRETTY_NAME:-}")
  break
done
echo "arch $(uname -m)"
read -r hostname </proc/sys/kernel/hostname
echo "hostname $hostname"
[ ! -r /sys/class/dmi/id/sys_vendor ] || echo "vendor $(cat /sys/class/dmi/id/sys_vendor)"
read -r uptime _ </proc/uptime
echo "uptime ${uptime%%.*}"
echo "clock $(date +%s)"
while read -r _ mount _ options _; do
  [ "$mount" != / ] || root=$options
done </proc/mounts
echo "root ${root:-rw}"
[ ! -d /run/systemd/system ] || echo 'has systemd'
for tool in apt-get perl; do
  ! command -v "$tool" >/dev/null 2>&1 || echo "has $tool"
done

if [ -z "${SUDO_USER:-}" ]; then
  echo 'sudo root'
elif LC_ALL=C sudo -n -l -U "$SUDO_USER" 2>/dev/null | grep -q 'NOPASSWD:[[:space:]]*ALL'; then
  echo 'sudo passwordless'
else
  echo 'sudo password'
fi

ip -o addr show 2>/dev/null | while read -r _ device family address more; do
  case $family in inet | inet6) echo "address $device $address $more" ;; esac
done
for family in 4 6; do
  ip "-$family" route show 2>/dev/null | sed "s/^/route $family /"
done
ip neigh show 2>/dev/null | while read -r address _ _ word mac _; do
  [ "$word" != lladdr ] || echo "neighbour $address $mac"
done

{
  wg show interfaces 2>/dev/null | tr ' ' '\n'
  for conf in /etc/wireguard/*.conf; do
    [ ! -f "$conf" ] || (name=${conf##*/} && echo "${name%.conf}")
  done
  for unit in /etc/systemd/network/*.netdev; do
    [ ! -f "$unit" ] || ! grep -Eqi '^Kind[[:space:]]*=[[:space:]]*wireguard' "$unit" ||
      { sed -n 's/^Name[[:space:]]*=[[:space:]]*//p' "$unit" && echo; }
  done
  for profile in /etc/NetworkManager/system-connections/*; do
    [ ! -f "$profile" ] || ! grep -q '^type=wireguard' "$profile" ||
      { sed -n 's/^interface-name=//p' "$profile" && echo; }
  done
} | sort -u | while read -r name; do
  [ -n "$name" ] || continue
  [ -e "/sys/class/net/$name" ] && state=up || state=down
  [ -e "/etc/wireguard/.bridgehead/$name" ] && whose=ours || whose=foreign
  echo "wireguard $name $state $whose $(wg show "$name" listen-port 2>/dev/null)"
done
! grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf || echo 'firewall UFW'
! systemctl is-active -q firewalld 2>/dev/null || echo 'firewall firewalld'
[ ! -e /sys/class/net/docker0 ] || echo 'firewall Docker'
! grep -qs 'InstanceServices' /etc/iptables/rules.v4 || echo "firewall Oracle's image"
