# networkd takes the addresses and routes that it has given an interface when no .network file is for it any
# more, or one with Unmanaged=yes. Measured: 252 keeps them if the file before that has none and says
# KeepConfiguration=static, because they then count as somebody else's; 257 takes them even so, with any
# value, and they are added again at once. The last file leaves the interface alone, at the next boot as well
# and whatever other files match it. When a .netdev file goes, its interface stays. (A restart of networkd
# would keep them in both, but it also touches every other interface.)

write_network() {
  keep_away "$network" '' '[Match]' "Name=$interface" '' "$@"
}

is_noted() {
  grep -qx "$1" "$noted" 2>/dev/null && grep -qx "$2" "$noted"
}

until_noted() {
  noted=/run/systemd/netif/links/$index
  until_released 100 is_noted "$1" "$2" || {
    echo "networkd does not let go of $interface:" $(grep -E '^(ADMIN_STATE|NETWORK_FILE)=' "$noted") >&2
    return 1
  }
}

let_go() {
  write_network '[Network]' KeepConfiguration=static LinkLocalAddressing=no IPv6AcceptRA=no &&
    remove_files &&
    networkctl reload &&
    until_noted "NETWORK_FILE=$network" ADMIN_STATE=configured &&
    { [ ! -d "$link" ] || bring_back; } &&
    write_network '[Link]' Unmanaged=yes &&
    networkctl reload &&
    until_noted ADMIN_STATE=unmanaged ADMIN_STATE=unmanaged
}
