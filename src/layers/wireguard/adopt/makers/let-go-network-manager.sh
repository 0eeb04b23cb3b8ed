# If only the device is set unmanaged, NetworkManager leaves everything as it is. Measured, 1.42 and 1.52: if
# its configuration says so first, it takes the addresses and the link goes down; if the file of the
# connection goes first, the interface goes, too. The configuration is for the next boot.

is_unmanaged() {
  [ "$(nmcli -g GENERAL.STATE device show "$interface" | cut -d' ' -f1)" = 10 ]
}

until_unmanaged() {
  until_released 50 is_unmanaged || {
    echo "NetworkManager does not let go of $interface" >&2
    return 1
  }
}

let_go() {
  nmcli device set "$interface" managed no && until_unmanaged &&
    keep_away "$conf" '[keyfile]' "unmanaged-devices+=interface-name:$interface" &&
    remove_files &&
    nmcli general reload conf &&
    nmcli connection reload
}
