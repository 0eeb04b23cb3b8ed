# Prints `@foreign TEXT` for each rule and route that systemd-networkd did not make and may remove when it
# starts: rules of other protocols than the kernel's, and routes that somebody added to an interface of
# networkd's.

# Whether networkd's configuration keeps what the setting $1 is about.
keeps() {
  setting=$(
    sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" \
      /usr/lib/systemd/networkd.conf.d/*.conf /etc/systemd/networkd.conf \
      /run/systemd/networkd.conf.d/*.conf /etc/systemd/networkd.conf.d/*.conf 2>/dev/null |
      tail -n 1
  )
  case $setting in 0 | n | no | f | false | off) return 0 ;; esac
  return 1
}

if command -v ip >/dev/null 2>&1; then
  keeps ManageForeignRoutingPolicyRules || for family in 4 6; do
    ip -details "-$family" rule show 2>/dev/null |
      sed -n '/ proto kernel/d; s/ proto [a-z0-9]*//; s/^\([0-9]*\):[[:space:]]*/@foreign rule \1 /p'
  done
  keeps ManageForeignRoutes || {
    added=$(
      for family in 4 6; do ip "-$family" route show table all 2>/dev/null; done |
        grep -v ' proto \| table local\|^local \|^broadcast \|^multicast \|^anycast '
    )
    links=
    [ -z "$added" ] ||
      links=$(networkctl --no-legend --no-pager list 2>/dev/null | awk '$5 != "unmanaged" { print $2 }')
    for link in $links; do
      echo "$added" | sed -n "/ dev $link\( \|$\)/{s/ *$//;s/^/@foreign route /p;}"
    done
  }
fi
