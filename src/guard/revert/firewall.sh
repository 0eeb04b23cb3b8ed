# The complete nftables ruleset, reverted in one transaction. Tables of iptables are reverted by
# iptables-restore: nft can often load what it has read of them, but in a form that iptables doesn't
# understand any more.

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

save_firewall() {
  for tool in iptables ip6tables; do
    ! has "$tool-save" || "$tool-save" >"$live/$tool" 2>/dev/null || rm -f "$live/$tool"
  done
  iptables_tables >"$live/iptables-tables"
  : >"$live/nft-native"
  has nft || return 0
  nft list ruleset >"$live/nft" || return
  if [ ! -s "$live/iptables-tables" ] && whole_ruleset "$live/nft" | nft -c -f - 2>/dev/null; then
    : >"$live/nft-whole"
    return
  fi
  nft list tables | only_in - "$live/iptables-tables" >"$live/native-tables"
  while read -r word family table; do
    nft list table "$family" "$table" || return
  done <"$live/native-tables" >"$live/nft-native"
  nft -c -f - <"$live/nft-native" || {
    echo 'nft cannot read back its own rules' >&2
    return 1
  }
}

revert_parts() {
  {
    nft list tables |
      only_in - "$live/iptables-tables" |
      grep -v '^table ip6* io.systemd' |
      sed 's/^/delete /'
    cat "$live/nft-native"
  } >"$work/nft"
  nft -f "$work/nft"
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
  if ! has nft; then
    revert_iptables
    return
  fi
  if [ -f "$live/nft-whole" ]; then
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
  if nft list tables |
    only_in - "$live/iptables-tables" |
    grep -v '^table ip6* io.systemd' |
    grep -q . ||
    [ -s "$live/nft-native" ]; then
    if revert_parts; then
      reverted 'firewall reverted: nftables'
    else
      failed 'firewall not reverted: nftables'
    fi
  fi
  revert_iptables
}
