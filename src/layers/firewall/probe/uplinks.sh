# Interfaces that lead out, `uplink NAME`: those with a default route, and bridges with a port other than
# those of containers and guests.
for family in 4 6; do
  ip -o "-$family" route show default 2>/dev/null | grep -o 'dev [^ ]*' | sed 's/^dev /uplink /'
done
for bridge_port in /sys/class/net/*/brif/*; do
  [ -e "$bridge_port" ] || continue
  case ${bridge_port##*/} in veth* | vnet* | tap* | *-nic) continue ;; esac
  bridge=${bridge_port%/brif/*}
  echo "uplink ${bridge##*/}"
done
