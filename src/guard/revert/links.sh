# Interfaces, what WireGuard holds of them, and their addresses. An interface that wasn't there before is
# removed when it was made by hand or by WireGuard; those of containers and virtual machines come and go by
# themselves.

read_links() {
  ip -o -d link show |
    awk -v kinds=' wireguard tun vlan vxlan dummy bridge ipip gre sit veth bond macvlan ipvlan ' '
      {
        name = $2
        sub(/:$/, "", name)
        sub(/@.*/, "", name)
        up = ($3 ~ /[<,]UP[,>]/) ? "up" : "down"
        mtu = "-"
        kind = "-"
        for (i = 4; i <= NF; i++) {
          if ($i == "mtu") mtu = $(i + 1)
          if (kind == "-" && index(kinds, " " $i " ")) kind = $i
        }
        print name, kind, up, mtu
      }'
}

read_addresses() {
  ip -o addr show |
    awk -v flags=' dynamic secondary tentative dadfailed deprecated noprefixroute nodad mngtmpaddr proto ' '
      {
        sub(/\\.*/, "")
        if ($3 != "inet" && $3 != "inet6") next
        if ($2 == "lo" && $4 == "::1/128") next
        if ($3 == "inet6" && (/ scope link/ || / dynamic/ || / temporary/)) next
        line = $2 " " $4
        word = ""
        for (i = 5; i <= NF; i++) {
          if ($i == "peer" || $i == "brd" || $i == "scope" || $i == "metric") {
            line = line " " $i " " $(i + 1)
            i++
          } else if (!index(flags, " " $i " ") && $i !~ /^kernel_(lo|ra|ll)$/) word = $i
        }
        if ($3 == "inet" && word != "") line = line " label " word
        if (/ noprefixroute/) line = line " noprefixroute"
        print line
      }'
}

wg_interfaces() { ! has wg || for name in $(wg show interfaces 2>/dev/null); do echo "$name"; done; }

save_links() {
  read_links >"$live/links" && read_addresses >"$live/addresses" || return
  for name in $(wg_interfaces); do wg showconf "$name" >"$live/wg/$name" || return; done
}

touched_interfaces() { for round in $rounds; do cat "$round/interfaces.list" 2>/dev/null; done; }

is_ours_to_remove() {
  case $2 in
    wireguard | dummy | vlan | vxlan | ipip | gre | sit | macvlan | ipvlan) ;;
    tun) wg_interfaces | grep -Fxq "$1" || touched_interfaces | grep -Fxq "$1" || return 1 ;;
    bridge) case $1 in docker* | br-* | virbr* | lxc* | cni*) return 1 ;; esac ;;
    *) touched_interfaces | grep -Fxq "$1" || return 1 ;;
  esac
}

revert_links() {
  read_links >"$work/links"
  while read -r name kind up mtu; do
    grep -q "^$name " "$live/links" && continue
    is_ours_to_remove "$name" "$kind" || continue
    if ip link del dev "$name"; then
      reverted "interface removed: $name"
    else
      failed "interface not removed: $name"
    fi
  done <"$work/links"
  for name in $(ls "$live/wg"); do
    [ ! -e "/sys/class/net/$name" ] || continue
    ip link add dev "$name" type wireguard 2>/dev/null || bounded 10 wireguard-go "$name" >/dev/null 2>&1
    if [ -e "/sys/class/net/$name" ]; then
      reverted "interface made again: $name"
    else
      failed "interface not made again: $name"
    fi
  done
  while read -r name kind up mtu; do
    [ -e "/sys/class/net/$name" ] || {
      failed "interface is gone: $name"
      continue
    }
    set -- $(read_links | grep "^$name ")
    [ "$4" = "$mtu" ] || {
      ip link set dev "$name" mtu "$mtu" && reverted "mtu of $name: $mtu" || failed "mtu of $name"
    }
    [ "$3" = "$up" ] || {
      ip link set dev "$name" "$up" &&
        reverted "interface $name is $up again" ||
        failed "interface $name is not $up"
    }
  done <"$live/links"
}

without_endpoints() { grep -v '^Endpoint' "$1" | sort; }

revert_wg() {
  for name in $(ls "$live/wg"); do
    kept="$live/wg/$name"
    wg showconf "$name" >"$work/wg" 2>/dev/null || {
      failed "wireguard does not answer: $name"
      continue
    }
    [ "$(sort "$kept")" != "$(sort "$work/wg")" ] || continue
    wg syncconf "$name" "$kept" 2>/dev/null || wg setconf "$name" "$kept"
    wg showconf "$name" >"$work/wg"
    if [ "$(without_endpoints "$kept")" = "$(without_endpoints "$work/wg")" ]; then
      reverted "wireguard reverted: $name"
    else
      failed "wireguard not reverted: $name"
    fi
  done
}

add_address() {
  dev=$1
  shift
  ip addr add "$@" dev "$dev" 2>/dev/null
}

del_address() { ip addr del "$2" dev "$1" 2>/dev/null; }

revert_addresses() {
  for pass in 1 2; do
    read_addresses >"$work/addresses"
    only_in "$work/addresses" "$live/addresses" >"$work/extra"
    only_in "$live/addresses" "$work/addresses" >"$work/missing"
    while read -r line; do
      grep -q "^$(echo "$line" | cut -d' ' -f1) " "$live/links" || continue
      del_address $line && reverted "address removed: $line"
    done <"$work/extra"
    while read -r line; do add_address $line && reverted "address added again: $line"; done <"$work/missing"
  done
  read_addresses >"$work/addresses"
  only_in "$live/addresses" "$work/addresses" | while read -r line; do
    failed "address missing: $line"
  done
}
