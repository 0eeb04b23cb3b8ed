# `why_forwards INTERFACE KEY` says in one line why the node has to go on forwarding (`KEY` is the kernel's
# switch) when this interface of ours no longer needs it, or fails if nothing speaks for that. If in
# doubt it names a reason: leaving forwarding on does less harm than cutting off another VPN or a guest.

is_ours() {
  [ ! -e "$records/$1" ] || return 0
  line=
  [ -f "/etc/wireguard/$1.conf" ] && read -r line <"/etc/wireguard/$1.conf"
  case $line in "$managed"*) return 0 ;; esac
  return 1
}

passes_on() {
  # Interfaces of programs that turn forwarding on by themselves, up or not.
  case $1 in
    docker0 | virbr* | lxcbr0 | lxdbr0 | incusbr0 | podman* | cni* | cali* | cilium*) return 0 ;;
  esac
  flags=0
  read -r flags 2>/dev/null <"/sys/class/net/$1/flags"
  [ $((flags & 1)) = 1 ] || return 1
  # Interfaces of containers and virtual machines, and tunnels, that don't identify themselves.
  case $1 in
    ve-* | vb-* | vz-* | vt-* | veth* | vnet* | ppp* | ipsec* | xfrm* | tailscale* | zt*) return 0 ;;
  esac
  [ ! -e "/sys/class/net/$1/tun_flags" ] || return 0
  while read -r line; do
    case $line in DEVTYPE=wireguard | DEVTYPE=bridge) return 0 ;; esac
  done <"/sys/class/net/$1/uevent"
  return 1
}

# Whether a file of settings turns the switch $2 on; networkd's files have words of their own for it.
sets_switch() {
  pattern=$(printf %s "$2" | sed 's,[.],[./],g')
  networkd='IP(v[46])?(Forward(ing)?|Masquerade)[[:space:]]*=[[:space:]]*(1|y|t|on|ipv|both)'
  grep -Eqi "^[[:space:]]*-?${pattern}[[:space:]]*=[[:space:]]*1|^[[:space:]]*$networkd" "$1"
}

# A line that isn't a comment and sets a switch to something else than 0: `SWITCH=1`, `echo 1 >SWITCH`,
# `SWITCH=$WANTED`.
find_hook() {
  switch='(ip_forward(ing)?|conf[./][a-z*]+[./]forwarding)'
  assigned="$switch.?[[:space:]]*[:=][[:space:]]*.?(1|y|t|on|k|[\$])"
  written="(1|[\$][^[:space:]]*).?[[:space:]]*[>|][^;&]*$switch"
  grep -Elrsi "^[[:space:]]*([^#;[:space:]].*)?($assigned|$written)" $hooks | head -n 1
}

# A foreign nft table that rewrites source addresses.
find_source_table() {
  nft list ruleset 2>/dev/null | awk -v own="$own_tables" '
    $1 == "table" { table = $2 " " $3; ours = index($3, own) == 1 }
    !ours && /masquerade|MASQUERADE|[ "](snat|SNAT)[ "]/ { print table; exit }'
}

saved_nat() {
  "${1}tables-legacy-save" -t nat 2>/dev/null || "${1}tables-save" -t nat 2>/dev/null
}

why_forwards() {
  own="/etc/sysctl.d/99-bridgehead-forwarding-$1.conf"
  if grep -qsxF "$was_on$2 = 1" "$own"; then
    echo 'it was on before Bridgehead needed it'
    return 0
  fi
  for link in /sys/class/net/*; do
    link=${link##*/}
    [ "$link" != "$1" ] && [ -d "/sys/class/net/$link" ] && ! is_ours "$link" && passes_on "$link" || continue
    echo "interface $link may need it"
    return 0
  done
  for one in $setters; do
    [ "$one" != "$own" ] && [ -f "$one" ] && sets_switch "$one" "$2" || continue
    echo "$one turns it on"
    return 0
  done
  one=$(find_hook)
  if [ -n "$one" ]; then
    echo "$one turns it on"
    return 0
  fi
  one=$(find_source_table)
  if [ -n "$one" ]; then
    echo "table $one gives packets another source"
    return 0
  fi
  for tool in ip ip6; do
    grep -qsx nat /proc/net/${tool}_tables_names || continue
    saved_nat $tool | grep -Eq -e '-j (MASQUERADE|SNAT)' || continue
    echo "${tool}tables gives packets another source"
    return 0
  done
  return 1
}

# The same of an interface, whichever switches its own settings set.
why_stays_on() {
  for switch in $switches; do
    ! grep -qs "^$switch = 1$" "/etc/sysctl.d/99-bridgehead-forwarding-$1.conf" ||
      ! why_forwards "$1" "$switch" ||
      return 0
  done
  return 1
}
