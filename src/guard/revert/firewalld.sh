# firewalld has its zones and policies in the kernel, in files, and both once more in its own memory, where it
# knows each rule of the kernel by its handle. So its tables are never loaded from text: what it has only live
# is brought back by firewalld itself, item by item, and after a reload, which drops it, once more.

firewalld_tables='table inet firewalld
table inet firewalld_policy_drop
table ip firewalld
table ip6 firewalld'

# Not asked of itself, for on a busy machine it takes too long to answer, and then nothing would be kept.
firewalld_runs() { has firewall-cmd && systemctl is-active --quiet firewalld.service 2>/dev/null; }

hangs() { [ -f "$work/firewalld-hangs" ]; }

# What firewall-cmd answers; once it has not in time, nothing more is asked of it.
asked() {
  bounded 90 firewall-cmd "$@" 2>/dev/null || {
    status=$?
    [ "$status" -lt 124 ] || [ ! -d "$work" ] || : >"$work/firewalld-hangs"
    return "$status"
  }
}

# What zones or policies let in, refuse and translate, `--zone=ZONE<tab>OPTION[=VALUE]`, and what they are,
# which only a reload changes. $1 is zone or policy, $2 empty or --permanent. Before 0.9 the first port that
# is forwarded is on the line of its name.
firewalld_items() {
  case $1 in
    zone) all=--list-all-zones ;;
    policy) all=--list-all-policies ;;
  esac
  # shellcheck disable=SC2086 # An empty one gives none.
  said=$(asked $2 $all) || return
  printf '%s\n' "$said" | awk -v kind="$1" '
    BEGIN {
      list = "interface source service port protocol source-port icmp-block ingress-zone egress-zone"
      split(list, one, " ")
      for (i in one) words[one[i] "s"] = one[i]
      split("forward masquerade icmp-block-inversion", one, " ")
      for (i in one) switches[one[i]] = 1
      lines["forward-ports"] = "forward-port"
      lines["rich rules"] = "rich-rule"
    }
    /^[^ \t]/ { place = "--" kind "=" $1 "\t" }
    /^\t./ && key in lines { print place lines[key] "=" substr($0, 2) }
    /^  [a-z]/ {
      key = substr($0, 3)
      sub(/:.*/, "", key)
      if (key in words) for (i = 2; i <= NF; i++) print place words[key] "=" $i
      if (key in switches && $2 == "yes") print place key
      if (key == "target" || key == "priority") print place key "=" $2
      if (key == "forward-ports" && NF > 1) print place "forward-port=" $2
    }' | sort
}

# Entries of its sets; those of sets that forget them are not known.
ipset_entries() {
  sets=$(asked --get-ipsets) || return
  for set in $sets; do
    entries=$(asked --ipset="$set" --get-entries) || {
      ! hangs || return
      continue
    }
    printf '%s\n' "$entries" | awk -v set="$set" 'NF > 0 { print "--ipset=" set "\tentry=" $0 }'
  done
}

permanent_rules() { firewalld_items zone --permanent >"$1.all" && only_ours <"$1.all" >"$1"; }

only_ours() { awk -v ours="rich-rule=rule priority=\"$zone_priority\" " 'index($0, ours)'; }
not_ours() { awk -v ours="rich-rule=rule priority=\"$zone_priority\" " '!index($0, ours)'; }

save_firewalld() {
  firewalld_runs || return 0
  firewalld_items zone >"$live/firewalld-zone" || return
  # Before 0.9 there is no such option.
  firewalld_items policy >"$live/firewalld-policy" || {
    [ $? = 2 ] || return
    rm "$live/firewalld-policy"
  }
  ipset_entries >"$live/firewalld-entries" || return
  permanent_rules "$live/firewalld-permanent" || return
  firewalld_rules >"$live/firewalld-rules"
}

# $1 is add or remove, $2 a list of items, $3 empty or --permanent. A call takes one kind of item.
edit_items() {
  awk -F '\t' '{ sub(/=.*/, "", $2); print $1, $2 }' "$2" | sort -u | while read -r place option; do
    verb=$1
    case $1:$option in
      *:target | *:priority) continue ;;
      add:interface | add:source) verb=change ;;
    esac
    ! hangs || return
    # shellcheck disable=SC2086 # An empty one gives none.
    awk -F '\t' -v place="$place" -v option="$option" -v verb="--$verb-" '
      { kind = $2; sub(/=.*/, "", kind) }
      $1 == place && kind == option { print verb $2 }' "$2" |
      tr '\n' '\0' |
      bounded 120 xargs -0 firewall-cmd $3 "$place" >/dev/null 2>&1
  done
}

# $1 and $2 are lists of items, as they are and as they were, $3 empty or --permanent.
bring_back() {
  only_in "$2" "$1" >"$work/missing"
  only_in "$1" "$2" >"$work/surplus"
  edit_items add "$work/missing" "$3"
  edit_items remove "$work/surplus" "$3"
}

# Since a confirmation others may have changed all but our rules, and removed zones.
want_live() {
  if [ -n "$confirmed" ]; then
    {
      only_ours <"$live/firewalld-$1" |
        awk -F '\t' -v now="$work/$1-now" '
          BEGIN { while ((getline line < now) > 0) { sub(/\t.*/, "", line); there[line] = 1 } }
          $1 in there'
      not_ours <"$work/$1-now"
    } | sort
  else
    cat "$live/firewalld-$1"
  fi >"$work/$1-wanted"
}

# Leaves what was asked and what is wanted in `$work`; 2 if firewalld doesn't say.
is_live_as_wanted() {
  firewalld_items "$1" >"$work/$1-now" || return 2
  [ -f "$work/$1-wanted" ] || want_live "$1"
  cmp -s "$work/$1-now" "$work/$1-wanted"
}

# Others may have banned somebody meanwhile.
has_entries() {
  ipset_entries >"$work/entries" || return
  only_in "$live/firewalld-entries" "$work/entries" >"$work/lost-entries"
  [ ! -s "$work/lost-entries" ]
}

all_live_as_wanted() {
  for kind in zone policy; do
    [ ! -f "$live/firewalld-$kind" ] || is_live_as_wanted $kind || return
  done
  has_entries
}

# Twice, for firewalld joins ranges of ports: one that goes may take along what has just been added.
bring_back_live() {
  for kind in zone zone policy policy; do
    [ -f "$live/firewalld-$kind" ] && ! hangs || continue
    if is_live_as_wanted $kind; then continue; else status=$?; fi
    [ $status = 1 ] || continue
    : >"$work/firewalld-differed"
    bring_back "$work/$kind-now" "$work/$kind-wanted" ''
  done
  if ! hangs && ! has_entries; then
    : >"$work/firewalld-differed"
    edit_items add "$work/lost-entries" ''
  fi
}

# What nobody has written since the confirmation stays as old as it is: firewalld writes whole files.
zone_files() {
  [ -n "$confirmed" ] || return 0
  for file in /etc/firewalld/zones/*.xml; do
    [ ! -f "$file" ] || [ "$file" -nt "$confirmed" ] || echo "$file"
  done
}

bring_back_permanent() {
  permanent_rules "$work/permanent" || {
    failed "firewalld can't be asked for its permanent rules"
    return
  }
  ! cmp -s "$work/permanent" "$live/firewalld-permanent" || return 0
  zone_files >"$work/zone-files"
  bring_back "$work/permanent" "$live/firewalld-permanent" --permanent
  if permanent_rules "$work/permanent" && cmp -s "$work/permanent" "$live/firewalld-permanent"; then
    reverted "firewalld's permanent rules reverted"
  else
    failed "firewalld's permanent rules not reverted"
  fi
  while IFS= read -r file; do
    for one in "$file" "$file.old"; do [ ! -f "$one" ] || touch -r "$confirmed" "$one"; done
  done <"$work/zone-files"
}

is_kept_of_firewalld() { [ "$mode" != boot ] && [ -f "$live/firewalld-zone" ]; }

# Before anything else, for logins.
revert_zones() {
  is_kept_of_firewalld && firewalld_runs && ! hangs || return 0
  bring_back_live
  hangs || bring_back_permanent
}

# In no order, for what was removed and comes back comes last; without what sets have in them.
firewalld_rules() {
  has nft || return 0
  for family in inet ip ip6; do nft list table $family firewalld 2>/dev/null; done |
    plain_rules |
    sed '/elements = {/,/}/d' |
    sort
}

has_lost_rules() {
  [ -s "$live/firewalld-rules" ] || return
  firewalld_rules >"$work/firewalld-rules"
  [ -s "$work/firewalld-rules" ] || return 0
  [ -z "$confirmed" ] && [ -n "$(only_in "$live/firewalld-rules" "$work/firewalld-rules")" ]
}

# Of a firewalld that doesn't come back: its tables as anybody's, for nothing else would close the machine.
load_firewalld_tables() {
  has nft && [ -z "$confirmed" ] || return 0
  nft list tables >"$work/tables-now"
  {
    printf '%s\n' "$firewalld_tables" | awk -v now="$work/tables-now" '
      BEGIN { while ((getline line < now) > 0) there[line] = 1 }
      $0 in there { print "delete " $0 }'
    sed -n '/^table [a-z0-9]* firewalld {/,/^}/p' "$live/nft" |
      sed 's/ *# progname .*//; /^[[:space:]]*flags owner/d'
  } >"$work/firewalld-tables"
  if nft -f "$work/firewalld-tables"; then
    reverted "the kernel has firewalld's rules again, and firewalld doesn't run"
  else
    failed "firewalld doesn't run, and its rules can't be loaded"
  fi
}

# When its files are as they were, and its unit: the service may have been started again, and somebody may
# have flushed its rules, which it then doesn't find again. A reload flushes whatever iptables has, which is
# brought back after it.
revert_firewalld() {
  is_kept_of_firewalld || return 0
  if ! firewalld_runs; then
    load_firewalld_tables
    return
  fi
  bring_back_live
  if ! hangs && { has_lost_rules || ! all_live_as_wanted; }; then
    : >"$work/firewalld-differed"
    bounded 120 firewall-cmd --reload >/dev/null 2>&1
    bring_back_live
  fi
  if hangs; then
    failed "firewalld doesn't answer"
    return
  fi
  [ -f "$work/firewalld-differed" ] || return 0
  if all_live_as_wanted; then
    reverted "firewalld's live rules reverted"
  else
    failed "firewalld's live rules not reverted"
  fi
}
