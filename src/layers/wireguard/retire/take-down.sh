# Takes `$interface` down, whatever started it, and disables `$unit` at boot.
link=/sys/class/net/$interface
if [ -d "$link" ] && ! grep -qsx DEVTYPE=wireguard "$link/uevent" &&
  [ ! -S "/run/wireguard/$interface.sock" ] && ! wg show "$interface" listen-port >/dev/null 2>&1; then
  echo "$interface is not a WireGuard interface any more: it is somebody else's, and is left alone" >&2
  exit 1
fi
said=$(systemctl disable --quiet "$unit" 2>&1) || {
  # If the package with the template is gone, systemd doesn't remove the link.
  if [ -n "$(systemctl list-unit-files --no-legend --no-pager "$unit" wg-quick@.service 2>/dev/null)" ]; then
    printf '%s\n' "$said" >&2
    exit 1
  fi
  rm -f /etc/systemd/system/*.wants/"$unit" /etc/systemd/system/*.requires/"$unit" &&
    systemctl daemon-reload || exit
}
systemctl stop "$unit" || systemctl reset-failed "$unit"
[ ! -d "$link" ] || ip link del dev "$interface"
[ ! -d "$link" ]
