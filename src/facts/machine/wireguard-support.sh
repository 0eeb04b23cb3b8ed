module=no
if [ -d /sys/module/wireguard ]; then
  module=loaded
elif command -v modprobe >/dev/null 2>&1 && modprobe -n -q wireguard 2>/dev/null; then
  module=available
fi
command -v wireguard-go >/dev/null 2>&1 && userspace=yes || userspace=no
[ -c /dev/net/tun ] && tun=yes || tun=no
echo "support $module $userspace $tun"
# A container has the kernel of its host, whatever kernels are installed in it.
if [ $module = no ] && read -r release </proc/sys/kernel/osrelease &&
  [ ! -e "/lib/modules/$release/modules.dep" ] && [ ! -e /run/systemd/container ] && [ ! -d /proc/vz ]; then
  for folder in /lib/modules/*; do
    grep -qs '/wireguard\.ko' "$folder/modules.dep" "$folder/modules.builtin" &&
      echo "other $release ${folder##*/}"
  done
fi
