# Loads the table in one transaction and notes what was loaded; then adds our rules where others would drop
# what must be open, and starts UFW again if something flushed its chains while it is up.
one_at_a_time
[ -f "$rules" ] || exit 0
nft -f "$rules"
{
  sha256sum <"$rules"
  nft -s list table inet "$table" | sha256sum
} | cut -d ' ' -f 1 >"$loaded.new"
mv -f "$loaded.new" "$loaded"
if grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf && systemctl -q is-active ufw.service 2>/dev/null &&
  ! iptables -w -S ufw-user-input >/dev/null 2>&1; then
  /lib/ufw/ufw-init start >/dev/null
fi
set_passes iptables
set_passes ip6tables
