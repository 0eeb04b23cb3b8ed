# The network and the firewall of the next boot. A file that its program can't read is refused, if it could
# before; one that nothing has read yet is noted. Files of tunnels and kernel settings are left to the steps
# that bring them live.

worse() {
  kept=$1
  file=$2
  shift 2
  if "$@" "$file" >"$proof/said" 2>&1 </dev/null; then return 1; fi
  cp "$proof/said" "$proof/why"
  [ ! -e "$kept" ] || "$@" "$kept" >/dev/null 2>&1 </dev/null
}

refuse_file() { die "$1 can't be read, and so not at the next boot:$newline$(reason <"$proof/why")"; }

check_file() {
  file=$1
  [ -f "$file" ] && has_changed "$2" && has "$3" || return 0
  shift 3
  if worse "$dir/files$file" "$file" "$@"; then refuse_file "$file"; fi
}

restore_test() { "$1" --test <"$2"; }

netplan_reads() {
  rm -rf "$proof/netplan"
  mkdir -p "$proof/netplan/etc" &&
    cp -a "$1" "$proof/netplan/etc/netplan" &&
    netplan generate --root-dir "$proof/netplan"
}

fstab_errors() {
  findmnt --verify --tab-file "$1" 2>&1 |
    awk '/^[^ \t]/ { target = $0 } /\[E\]|parse error/ && !/^0 parse/ { print target ": " $0 }' |
    sort -u
}

check_fstab() {
  has_changed '^/etc/fstab$' && [ -f /etc/fstab ] && has findmnt || return 0
  fstab_errors /etc/fstab >"$proof/now"
  if [ -f "$dir/files/etc/fstab" ]; then fstab_errors "$dir/files/etc/fstab"; fi >"$proof/before"
  only_in "$proof/now" "$proof/before" >"$proof/why"
  [ ! -s "$proof/why" ] || refuse_file /etc/fstab
}

check_units() {
  on_systemd || return 0
  units=$(
    sed -n 's,^/etc/systemd/system/\([^/]*[.]\(service\|socket\)\)\([.]d/.*\)*$,\1,p' "$proof/changed" |
      sort -u
  )
  for unit in $units; do
    case $unit in *@.service) continue ;; esac
    bounded 30 systemctl daemon-reload
    case $(systemctl show -p LoadState -- "$unit" | cut -d= -f2) in
      bad-setting | error)
        why=$(systemctl show -p LoadError -- "$unit" | cut -d= -f2-)
        die "$unit can't be loaded as it is written: $why"
        ;;
    esac
  done
}

has_changed_manager() {
  awk -v managers=" $network_managers " '
    index(managers, " " $1 " ") { found = 1 }
    END { exit !found }' "$proof/units"
}

prove_managers() {
  on_systemd && has_changed_manager || return 0
  before=$(for one in $network_managers; do
    set -- $(grep "^$one " "$dir/units")
    if is_enabled "${2:--}"; then echo "$one"; fi
  done)
  after=$(for one in $network_managers; do if boots "$one"; then echo "$one"; fi; done)
  [ -z "$before" ] || [ -n "$after" ] ||
    die 'nothing brings the network up at the next boot:' $before 'would not be started any more'
}

unread() {
  unit=$1
  has_changed "$2" || return 0
  if on_systemd && [ "$unit" != boot ]; then
    boots "$unit" || return 0
    awk -v unit="$unit" '$1 == unit && $4 != $7' "$proof/units" | grep -q . && return
  fi
  files=$(grep "$2" "$proof/changed" | while IFS= read -r path; do
    [ -d "$path" ] && [ ! -L "$path" ] || echo "$path"
  done | head -n 3 | tr '\n' ' ')
  by=$unit
  [ "$unit" != boot ] || by=
  note "$unit" "${files% }: read at the next boot${by:+ by $by};" \
    'that the node can be reached then is not proven'
}

prove_files() {
  check_file /etc/nftables.conf '^/etc/nftables' nft nft -c -f
  check_file /etc/iptables/rules.v4 '^/etc/iptables/rules[.]v4$' \
    iptables-restore restore_test iptables-restore
  check_file /etc/iptables/rules.v6 '^/etc/iptables/rules[.]v6$' \
    ip6tables-restore restore_test ip6tables-restore
  if [ -f /etc/network/interfaces ] && has_changed '^/etc/network/' && has ifup; then
    if worse "$dir/files/etc/network/interfaces" /etc/network/interfaces ifup --no-act --force --all -i; then
      refuse_file /etc/network/interfaces
    fi
  fi
  if has_changed '^/etc/netplan/' && has netplan; then
    if worse "$dir/files/etc/netplan" /etc/netplan netplan_reads; then refuse_file /etc/netplan; fi
  fi
  check_fstab
  check_units
  unread nftables.service '^/etc/nftables'
  unread netfilter-persistent.service '^/etc/iptables/'
  prove_firewalld || unread firewalld.service '^/etc/firewalld/'
  unread networking.service '^/etc/network/\|^/etc/default/networking$'
  unread systemd-networkd.service '^/etc/systemd/network\|^/etc/systemd/networkd[.]conf'
  unread NetworkManager.service '^/etc/NetworkManager/'
  unread dhcpcd.service '^/etc/dhcpcd[.]conf$'
  hardware='^/etc/modprobe[.]d/\|^/etc/modules\|^/etc/udev/rules[.]d/'
  unread boot "^/etc/netplan/\|^/etc/fstab\$\|$hardware\|^/etc/cloud/\|^/etc/rc[.]local\$"
}

note_units() {
  while read -r unit file active invocation new_file new_active new_invocation; do
    case $unit in ssh.* | sshd.*) continue ;; esac
    [ "$invocation" = "$new_invocation" ] || echo "$unit" >>"$dir/live-units"
    [ "$file" != "$new_file" ] || continue
    if [ "$new_active" != active ] && is_enabled "$new_file"; then
      note "$unit" "$unit is started at the next boot and has not run yet;" \
        'that the node can be reached then is not proven'
    elif [ "$new_active" = active ] && is_enabled "$file"; then
      note "$unit" "$unit runs now, and is not started at the next boot any more"
    fi
  done <"$proof/units"
}
