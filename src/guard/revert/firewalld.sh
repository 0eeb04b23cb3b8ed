# firewalld has its zones in the kernel, in files, and both once more in its own memory, where it knows each
# rule of the kernel by its handle. So our rules in zones, which have a priority of their own, are brought
# back to what they were by firewalld itself, without a reload, which would drop what others have only live;
# and tables that came since are removed one by one, because a flush would give firewalld's rules
# other handles.

# Not asked of itself, for on a busy machine it takes too long to answer, and then nothing would be kept.
firewalld_runs() { has firewall-cmd && systemctl is-active --quiet firewalld.service 2>/dev/null; }

# Our rules, `ZONE<tab>RULE`; $1 is empty or --permanent.
our_rules() {
  # shellcheck disable=SC2086 # An empty one gives none.
  zones=$(bounded 90 firewall-cmd $1 --list-all-zones 2>/dev/null) || return
  printf '%s\n' "$zones" | awk -v ours="rule priority=\"$zone_priority\" " '
    /^[^ \t]/ { zone = $1 }
    { sub(/^[ \t]*/, "") }
    index($0, ours) == 1 { print zone "\t" $0 }' | sort
}

save_zones() {
  firewalld_runs || return 0
  our_rules '' >"$dir/zones-live" && our_rules --permanent >"$dir/zones-permanent"
}

# $1 is empty or --permanent, $2 add or remove, $3 a list of rules.
edit_zones() {
  cut -f 1 "$3" | sort -u | while read -r zone; do
    # shellcheck disable=SC2086 # An empty one gives none.
    awk -F '\t' -v zone="$zone" -v option="--$2-rich-rule=" '$1 == zone { print option $2 }' "$3" |
      tr '\n' '\0' |
      bounded 120 xargs -0 firewall-cmd $1 --zone="$zone" >/dev/null 2>&1
  done
}

# What nobody has written since the confirmation stays as old as it is: firewalld writes whole files.
zone_files() {
  [ -n "$confirmed" ] || return 0
  for file in /etc/firewalld/zones/*.xml; do
    [ ! -f "$file" ] || [ "$file" -nt "$confirmed" ] || echo "$file"
  done
}

# As the first round that kept them found them.
zones_before() {
  for round in $rounds; do
    [ ! -f "$round/zones-permanent" ] || {
      echo "$round/zones"
      return
    }
  done
  return 1
}

revert_zones() {
  [ "$mode" != boot ] && before=$(zones_before) && firewalld_runs || return 0
  zone_files >"$work/zone-files"
  for when in live permanent; do
    option=
    [ $when = live ] || option=--permanent
    our_rules "$option" >"$work/zones" || {
      failed "firewalld can't be asked for its rules"
      return
    }
    cmp -s "$work/zones" "$before-$when" && continue
    only_in "$before-$when" "$work/zones" >"$work/missing"
    only_in "$work/zones" "$before-$when" >"$work/surplus"
    edit_zones "$option" add "$work/missing"
    edit_zones "$option" remove "$work/surplus"
    if our_rules "$option" | cmp -s - "$before-$when"; then
      reverted "firewalld's $when rules reverted"
    elif [ $when = live ]; then
      : >"$work/zones-reload"
    else
      failed "firewalld's $when rules not reverted"
    fi
  done
  while IFS= read -r file; do
    for one in "$file" "$file.old"; do [ ! -f "$one" ] || touch -r "$confirmed" "$one"; done
  done <"$work/zone-files"
}

firewalld_table() { sed -n '/^table inet firewalld {$/,/^}$/p' | plain_rules; }

zones_differ() {
  [ ! -f "$work/zones-reload" ] || return 0
  [ -f "$live/nft" ] || return
  firewalld_table <"$live/nft" >"$work/firewalld"
  ! nft list ruleset | firewalld_table | cmp -s - "$work/firewalld"
}

# More than our rules is otherwise, or somebody has flushed firewalld's, which it doesn't find again. What
# others have only live is brought back to the kernel afterwards.
reload_zones() {
  zones_differ || return 0
  bounded 120 firewall-cmd --reload >/dev/null 2>&1
  [ -f "$work/zones-reload" ] && before=$(zones_before) || return 0
  if our_rules '' | cmp -s - "$before-live"; then
    reverted "firewalld's live rules reverted by a reload"
  else
    failed "firewalld's live rules not reverted"
  fi
}

tables_before() { sed -n 's/^\(table [^ ]* [^ ]*\) {$/\1/p' "$live/nft"; }

same_native_tables() {
  while read -r word family table; do
    nft list table "$family" "$table" || return
  done <"$live/native-tables" 2>/dev/null | plain_rules >"$work/native"
  plain_rules <"$live/nft-native" | cmp -s - "$work/native"
}

revert_tables() {
  if ! has nft || ! firewalld_runs; then
    revert_firewall
    return
  fi
  tables_before >"$work/tables-before"
  nft list tables | only_in - "$work/tables-before" | grep -v '^table ip6* io.systemd' >"$work/new-tables"
  while read -r word family table; do
    nft delete table "$family" "$table" && reverted "firewall table removed: $family $table"
  done <"$work/new-tables"
  reload_zones
  if [ ! -f "$live/nft-whole" ] && same_native_tables; then
    revert_iptables
  else
    revert_firewall
  fi
}
