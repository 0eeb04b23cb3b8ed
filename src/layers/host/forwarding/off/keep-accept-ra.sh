# `keep_accept_ra SETTINGS`, called once the file that held these lines is gone, keeps those with
# accept_ra = 2 for the next boot while the kernel goes on forwarding IPv6: a machine whose default route is
# advertised would lose it otherwise.
keep_accept_ra() {
  forwards=0
  read -r forwards 2>/dev/null </proc/sys/net/ipv6/conf/all/forwarding
  [ "$forwards" != 0 ] || return 0
  printf '%s\n' "$1" | grep '^net[.]ipv6[.]conf[.].*[.]accept_ra = 2$' | while read -r line; do
    ! grep -qsxF "$line" /etc/sysctl.d/*.conf || continue
    [ -s "$kept_accept_ra" ] || echo "$kept_header" >"$kept_accept_ra" || exit
    chmod 644 "$kept_accept_ra" && echo "$line" >>"$kept_accept_ra" || exit
  done
}
