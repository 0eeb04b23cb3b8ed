# The complete nftables ruleset, reverted in one transaction. Tables of iptables are reverted by
# iptables-restore: nft can often load what it has read of them, but in a form that iptables doesn't
# understand any more. Tables that belong to a running program are left to it.

plain_rules() {
  sed -e 's/counter packets [0-9]* bytes [0-9]*/counter/g' -e 's/ expires [0-9a-z]*//g' \
    -e 's/\[[0-9]*:[0-9]*\]//' -e '/^#/d'
}

whole_ruleset() {
  echo 'flush ruleset'
  cat "$1"
}

iptables_tables() {
  for tool in iptables:ip ip6tables:ip6; do
    [ ! -s "$live/${tool%:*}" ] || sed -n "s/^\*/table ${tool#*:} /p" "$live/${tool%:*}"
  done
}

# Tables that only their owner can change, or in which it finds its rules by their handles.
owned_tables() {
  nft list ruleset | sed -n 's/^\(table [^ ]* [^ ]*\) {.*# progname .*/\1/p'
  ! firewalld_runs || printf '%s\n' "$firewalld_tables"
  nft list tables | sed -n '/^table ip6* io[.]systemd/p'
}

native_tables() { nft list tables | only_in - "$live/iptables-tables" | only_in - "$1"; }

native_rules() {
  while read -r word family table; do
    nft list table "$family" "$table" || return
  done
}

save_firewall() {
  for tool in iptables ip6tables; do
    ! has "$tool-save" || "$tool-save" >"$live/$tool" 2>/dev/null || rm -f "$live/$tool"
  done
  iptables_tables >"$live/iptables-tables"
  : >"$live/nft-native"
  has nft || return 0
  nft list ruleset >"$live/nft" || return
  owned_tables >"$live/owned-tables"
  native_tables "$live/owned-tables" >"$live/native-tables"
  if [ ! -s "$live/iptables-tables" ] &&
    nft list tables | cmp -s - "$live/native-tables" &&
    whole_ruleset "$live/nft" | nft -c -f - 2>/dev/null; then
    : >"$live/nft-whole"
    return
  fi
  native_rules <"$live/native-tables" >"$live/nft-native" || return
  nft -c -f - <"$live/nft-native" || {
    echo 'nft cannot read back its own rules' >&2
    return 1
  }
}

revert_parts() {
  {
    sed 's/^/delete /' "$work/tables"
    cat "$live/nft-native"
  } >"$work/nft"
  nft -f "$work/nft"
}

revert_native() {
  # There is no such file if nft was installed since.
  { cat "$live/owned-tables" 2>/dev/null || :; owned_tables; } >"$work/owned-tables"
  native_tables "$work/owned-tables" >"$work/tables"
  [ "$(native_rules <"$work/tables" | plain_rules)" != "$(plain_rules <"$live/nft-native")" ] || return 0
  if revert_parts; then
    reverted 'firewall reverted: nftables'
  else
    failed 'firewall not reverted: nftables'
  fi
}

revert_iptables() {
  for tool in iptables ip6tables; do
    kept="$live/$tool"
    [ -f "$kept" ] && has "$tool-save" || continue
    "$tool-save" 2>/dev/null | plain_rules >"$work/iptables"
    [ "$(plain_rules <"$kept")" != "$(cat "$work/iptables")" ] || continue
    "$tool-restore" <"$kept"
    for table in $(sed -n 's/^\*//p' "$work/iptables"); do
      grep -Fxq "*$table" "$kept" ||
        sed -n "/^\*$table$/,/^COMMIT/{/^\*/p;s/^:\([A-Z]*\) [A-Z].*/:\1 ACCEPT/p;/^COMMIT/p;}" \
          "$work/iptables" |
        "$tool-restore"
    done
    rules=$("$tool-save" 2>/dev/null | plain_rules | grep '^-A')
    if [ "$rules" = "$(plain_rules <"$kept" | grep '^-A')" ]; then
      reverted "firewall reverted: $tool"
    else
      failed "firewall not reverted: $tool"
    fi
  done
}

revert_firewall() {
  if has nft && [ -f "$live/nft-whole" ]; then
    [ "$(nft list ruleset | plain_rules)" != "$(plain_rules <"$live/nft")" ] || return 0
    whole_ruleset "$live/nft" >"$work/nft"
    nft -f "$work/nft"
    if [ "$(nft list ruleset | plain_rules)" = "$(plain_rules <"$live/nft")" ]; then
      reverted 'firewall reverted: nftables'
    else
      failed 'firewall not reverted: nftables'
    fi
    return
  fi
  ! has nft || revert_native
  revert_iptables
}
