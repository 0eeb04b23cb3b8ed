# What firewalld reads at the next boot, held against what it has live, by which the node is logged into. The
# files are read anew: firewalld looks at them only seconds after somebody else has written them.

# Zones word by word, rules line by line; interfaces are put into the default zone, and into those of
# containers and guests, as they come up.
zone_lines() {
  awk -v standard="$1" '
    /^[^ \t]/ { zone = $1; next }
    /^  interfaces:/ && (zone == standard || zone ~ /^(docker|libvirt)/) { next }
    /^  [a-z-]+:/ { for (i = 2; i <= NF; i++) print zone, $1, $i; next }
    NF > 0 { print zone, $0 }' | sort
}

prove_firewalld() {
  has_changed '^/etc/firewalld/' || return 0
  ! grep '^/etc/firewalld/' "$proof/changed" | grep -qv '^/etc/firewalld/\(zones\|policies\)/' || return
  on_systemd && boots firewalld.service && firewalld_runs && has firewall-offline-cmd || return
  standard=$(bounded 60 firewall-cmd --get-default-zone 2>/dev/null)
  [ "$standard" = "$(bounded 60 firewall-offline-cmd --get-default-zone 2>/dev/null)" ] || return
  for all in zones policies; do
    bounded 60 firewall-cmd --list-all-$all 2>/dev/null | zone_lines "$standard" >"$proof/$all"
    bounded 60 firewall-offline-cmd --list-all-$all 2>/dev/null |
      zone_lines "$standard" |
      cmp -s - "$proof/$all" || return
  done
  [ -s "$proof/zones" ]
}
