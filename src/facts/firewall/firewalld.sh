# What firewalld has of its zones, live and from its next start on; nothing where it isn't installed.
if command -v firewall-cmd >/dev/null 2>&1; then
  ! systemctl -q is-enabled firewalld 2>/dev/null || echo 'firewalld enabled'
  marked='s/^[^[:space:]]/zone &/; s/^[[:space:]]*rule /rich-rule rule /; s/^/firewalld-'
  if zone=$(firewall-cmd --get-default-zone 2>/dev/null); then
    echo 'firewalld running'
    echo "firewalld-default $zone"
    # Without nft nobody could have taken its rules from the kernel, nor can it be asked.
    if ! command -v nft >/dev/null 2>&1 || nft list table inet firewalld >/dev/null 2>&1; then
      echo 'firewalld loaded'
    fi
    ! grep -qsi '^FirewallBackend=iptables' /etc/firewalld/firewalld.conf || echo 'firewalld iptables'
    firewall-cmd --list-all-zones 2>/dev/null | sed "${marked}live /"
    firewall-cmd --permanent --list-all-zones 2>/dev/null | sed "${marked}permanent /"
  elif [ -n "$(ls /etc/firewalld/zones 2>/dev/null)" ]; then
    echo 'firewalld stopped'
    firewall-offline-cmd --list-all-zones 2>/dev/null | sed "${marked}permanent /"
  fi
fi
