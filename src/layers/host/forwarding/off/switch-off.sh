# `switch_off` removes `$settings_file`, which turned forwarding on for `$interface`, and turns it off
# again, unless something else on the node may need it: without our table the node would forward unfiltered.

has_others() {
  for one in "$forwarding_folder"/*.nft; do
    [ ! -e "$one" ] || [ "$one" = "$ruleset" ] || return 0
  done
  return 1
}

# Gives UFW's file its own values back, wherever UFW has it.
ufw_values_back() {
  ufw_file=$(sed -n 's/^IPT_SYSCTL=//p' /etc/default/ufw 2>/dev/null | tail -n 1 | tr -d "\"'")
  [ ! -f "$ufw_file" ] || sed -i "$ufw_back" "$ufw_file"
}

stays_on() { case $stay in *" $1 "*) ;; *) return 1 ;; esac }

unset_one() {
  path=/proc/sys/$(printf %s "$1" | tr ./ /.)
  [ -e "$path" ] || return 0
  case $1 in
    "$switch_4" | "$switch_6") stays_on "$1" || echo 0 >"$path" ;;
    "$mark_key") mark_wanted "$settings" || echo 0 >"$path" ;;
    net.ipv6.conf.*.accept_ra) stays_on "$switch_6" || echo 1 >"$path" ;;
  esac
}

switch_off() {
  # Otherwise a value that is only there for us would look like something else's.
  has_others || ufw_values_back || return
  [ -f "$settings_file" ] || return 0
  settings=$(cat "$settings_file") || return
  stay=
  for key in "$switch_4" "$switch_6"; do
    ! why_forwards "$interface" "$key" >/dev/null || stay="$stay $key "
  done
  rm -f "$settings_file" || return
  printf '%s\n' "$settings" | while read -r key _; do unset_one "$key" || exit; done || return
  keep_accept_ra "$settings"
}
