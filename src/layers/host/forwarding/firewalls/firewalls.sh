if command -v iptables >/dev/null 2>&1; then
  say iptables
  iptables -S FORWARD 2>/dev/null
  iptables -S DOCKER-USER 2>/dev/null
  iptables -S ufw-user-forward 2>/dev/null
  say ip6tables
  ip6tables -S FORWARD 2>/dev/null
  ip6tables -S DOCKER-USER 2>/dev/null
  ip6tables -S ufw6-user-forward 2>/dev/null
fi
if [ -f /etc/ufw/ufw.conf ] && command -v ufw >/dev/null 2>&1; then
  say ufw
  grep -h '^ENABLED=\|^IPV6=\|^DEFAULT_FORWARD_POLICY=' /etc/ufw/ufw.conf /etc/default/ufw
  ufw show added
  # The file with UFW's own kernel settings, then its lines on forwarding.
  say ufw-settings
  ufw_file=$(sed -n 's/^IPT_SYSCTL=//p' /etc/default/ufw 2>/dev/null | tail -n 1 | tr -d "\"'")
  if [ -f "$ufw_file" ]; then
    echo "$ufw_file"
    grep 'forward' "$ufw_file"
  fi
fi
:
