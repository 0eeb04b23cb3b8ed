# Connections of NetworkManager. It reads its files only when it is asked to, and makes an interface of its
# own again, such as a tunnel, only if its connection is activated. An interface that it was set to leave
# alone is its own again first: that is in none of its files. An undo long after the confirmation leaves the
# connections of all other interfaces as they are by then.

runs_network_manager() {
  has nmcli && on_systemd && systemctl is-active --quiet NetworkManager.service
}

active_connections() { bounded 10 nmcli -g UUID connection show --active; }

# `UUID INTERFACE` of those touched interfaces that a file there makes. What somebody else makes has a
# connection, too, which nobody can activate.
managed_interfaces() {
  for name in $(listed interfaces); do
    [ -e "/sys/class/net/$name" ] || continue
    uuid=$(bounded 10 nmcli -g GENERAL.CON-UUID device show "$name" 2>/dev/null)
    [ -n "$uuid" ] || continue
    ! grep -qsx "uuid=$uuid" /etc/NetworkManager/system-connections/* || echo "$uuid $name"
  done
}

save_connections() {
  [ -s "$dir/network.list" ] && runs_network_manager || return 0
  active_connections >"$dir/connections" && managed_interfaces >"$dir/managed"
}

files_of_network_manager() {
  grep '^/etc/NetworkManager/' "$work/files" 2>/dev/null
}

manage_again() {
  state=$(bounded 10 nmcli -g GENERAL.STATE device show "$1" 2>/dev/null </dev/null)
  case $state in
    '10 '* | 10)
      if bounded 10 nmcli device set "$1" managed yes >/dev/null 2>&1 </dev/null; then
        reverted "NetworkManager manages $1 again"
      else
        failed "NetworkManager does not manage $1"
      fi
      ;;
  esac
}

is_of_reverted_file() {
  files_of_network_manager | while IFS= read -r file; do
    ! grep -qx "uuid=$1" "$file" 2>/dev/null || echo "$file"
  done | grep -q .
}

is_to_be_active() {
  grep -qs "^$1 " "$work/managed" && return
  if [ -n "$confirmed" ]; then is_of_reverted_file "$1"; else files_of_network_manager >/dev/null; fi
}

revert_connections() {
  [ -f "$dir/connections" ] && runs_network_manager || return 0
  before=
  for round in $rounds; do
    [ -n "$before" ] || [ ! -f "$round/connections" ] || before="$round/connections"
    cat "$round/managed" 2>/dev/null
  done >"$work/managed"
  files_of_network_manager >/dev/null || [ -s "$work/managed" ] || return 0
  bounded 10 nmcli general reload conf >/dev/null 2>&1
  bounded 10 nmcli connection reload >/dev/null 2>&1
  while read -r uuid name; do manage_again "$name"; done <"$work/managed"
  active_connections >"$work/connections"
  only_in "$before" "$work/connections" | while read -r uuid; do
    is_to_be_active "$uuid" || continue
    if bounded 20 nmcli connection up uuid "$uuid" >/dev/null 2>&1 </dev/null; then
      reverted "connection is active again: $uuid"
    else
      failed "connection is not active: $uuid"
    fi
  done
}
