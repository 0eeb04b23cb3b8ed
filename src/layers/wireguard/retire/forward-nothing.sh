# Removes what the forwarding step made for `$interface`, and the shared files with the last interface.
set -f
for unit in $units; do
  systemctl disable --quiet --now "$unit" 2>/dev/null ||
    ! systemctl show -p ActiveState "$unit" | grep -q '=active' || exit 1
done
for tool in iptables ip6tables; do
  command -v $tool >/dev/null 2>&1 || continue
  $tool -w -S DOCKER-USER 2>/dev/null | grep -e "--comment $mark " | while read -r _ rule; do
    $tool -w -D $rule || exit
  done || exit
done
if command -v ufw >/dev/null 2>&1; then
  ufw show added 2>/dev/null | sed -n "s/^ufw route \(.*\) comment '$mark'$/\1/p" | while read -r rule; do
    ufw route delete $rule >/dev/null || exit
  done || exit
fi
set +f
switch_off || exit
close_without "$interface" '' || exit
if nft list table inet "$table" >/dev/null 2>&1; then nft delete table inet "$table" || exit 1; fi
rm -f $own_files || exit
set -- "$forwarding_folder"/*.nft "$forwarding_folder"/*.docker-user
if [ ! -e "$1" ] && [ ! -e "$2" ]; then
  rm -f $shared_files || exit
  rmdir "$forwarding_folder" /run/bridgehead 2>/dev/null
  systemctl daemon-reload
fi
