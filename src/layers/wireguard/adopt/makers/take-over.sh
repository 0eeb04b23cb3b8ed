# Gives `$interface`, which runs, from the program that makes it to `$unit` of wg-quick, without taking it
# down. `let_go` has the program forget it; what that takes with it of addresses, routes or WireGuard's own
# state is added again at once, so that sessions miss packets at most. `wg-quick up` refuses an interface that
# exists: the unit is started around it as it is, and stops it later like any other.

link=/sys/class/net/$interface

# Writes the file $1, which keeps the program away from the interface, with a line for each other argument.
keep_away() {
  keeper=$1
  shift
  printf '%s\n' "# Managed by Bridgehead: $unit makes this interface." "$@" >"$keeper.new" &&
    chmod 644 "$keeper.new" && mv -f "$keeper.new" "$keeper"
}

# Waits up to $1 tenths of a second until the rest, a command, succeeds; or until the interface is gone.
until_released() {
  tries=$1
  shift
  until "$@"; do
    [ -d "$link" ] || return 0
    [ "$tries" -gt 0 ] || return 1
    tries=$((tries - 1))
    sleep 0.1
  done
}

list_addresses() {
  ip -o addr show dev "$interface" scope global 2>/dev/null | awk '{ print $4 }'
}

list_routes() {
  ip -o "-$1" route show table main dev "$interface" 2>/dev/null |
    sed 's/\\.*//; s/ linkdown//; s/ *$//' | grep -v '^fe80\|^ff00'
}

# Those lines of $1 that aren't in $2.
missing_of() { printf '%s\n' "$1" | grep -Fxv "$2"; }

# Where lines of `ip route` lead to.
targets() { printf '%s\n' "$1" | cut -d' ' -f1; }

none_lost() {
  lost=$(missing_of "$2" "$3")
  [ -z "$lost" ] || {
    echo "$interface has lost its $1: $lost" >&2
    return 1
  }
}

bring_routes() {
  missing_of "$2" "$(list_routes "$1")" | while read -r one; do
    # shellcheck disable=SC2086
    [ -z "$one" ] || ip "-$1" route replace $one dev "$interface"
  done
  none_lost routes "$(targets "$2")" "$(targets "$(list_routes "$1")")"
}

bring_back() {
  [ "$(wg showconf "$interface")" = "$state" ] ||
    printf '%s\n' "$state" | wg syncconf "$interface" /dev/stdin || return
  ip link set dev "$interface" up mtu "$mtu" || return
  missing_of "$addresses" "$(list_addresses)" | while read -r one; do
    [ -z "$one" ] || ip addr add "$one" dev "$interface"
  done
  bring_routes 4 "$routes4"
  brought=$?
  bring_routes 6 "$routes6" &&
    none_lost addresses "$addresses" "$(list_addresses)" && [ "$brought" = 0 ]
}

remove_drop_in() {
  rm -f "$drop_in"
  rmdir "${drop_in%/*}" 2>/dev/null
  systemctl daemon-reload
}

start_around() {
  trap remove_drop_in EXIT
  trap 'exit 1' HUP INT TERM
  mkdir -p "${drop_in%/*}" &&
    printf '%s\n' '[Service]' 'ExecStart=' 'ExecStart=/bin/true' >"$drop_in" &&
    systemctl daemon-reload &&
    systemctl enable --quiet "$unit" &&
    timeout 60 systemctl start "$unit"
  started=$?
  trap - EXIT HUP INT TERM
  remove_drop_in && [ "$started" = 0 ]
}

read -r index <"$link/ifindex" && read -r mtu <"$link/mtu" || exit
addresses=$(list_addresses) routes4=$(list_routes 4) routes6=$(list_routes 6)
state=$(wg showconf "$interface") || exit
let_go || {
  [ ! -d "$link" ] || bring_back
  exit 1
}
if [ -d "$link" ]; then
  bring_back && start_around
else
  systemctl enable --quiet "$unit" && systemctl start "$unit"
fi && bring_back && call_peers
