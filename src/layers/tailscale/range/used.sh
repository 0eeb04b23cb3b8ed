# Who else uses the tailnet's range on this machine; nothing is asked once the tailnet is up, for its own
# addresses, routes and rules are in it. Bridgehead's rules, and those for the tailnet's own link, may be
# there before it.

rules() {
  if command -v nft >/dev/null 2>&1; then
    nft list ruleset 2>/dev/null | sed '/^table [a-z0-9]* bridgehead_/,/^}/d'
  else
    iptables-save 2>/dev/null
  fi | grep -v -e "\"$link\"" -e "-i $link "
}

[ -e "/sys/class/net/$link" ] || {
  ip -o addr show 2>/dev/null | while read -r _ device family address _; do
    case $family in inet | inet6) echo "address $address $device" ;; esac
  done
  for family in 4 6; do
    ip -"$family" route show table all 2>/dev/null | while read -r first second rest; do
      case $first in
        local | broadcast | anycast | multicast | unreachable | blackhole | prohibit)
          echo "route $second $rest"
          ;;
        *) echo "route $first $second $rest" ;;
      esac
    done
  done
  sed -n 's/^[[:space:]]*nameserver[[:space:]]\{1,\}/resolver /p' \
    /etc/resolv.conf /run/systemd/resolve/resolv.conf 2>/dev/null
  rules |
    grep -E '(^|[^0-9.])100\.(6[4-9]|[789][0-9]|1[01][0-9]|12[0-7])\.[0-9]' |
    sed -n 's/^[[:space:]]*/rule /;1,5p'
}
