# Other firewalls: the tables that filter forwarded packets, and iptables if its own kernel tables are in
# use; at most `$firewall_lines` of each, without what is in sets if nft can leave that out.
nft list chains 2>/dev/null | while read -r first second third rest; do
  case "$first $second $third $rest" in
    'table inet bridgehead_'*) table= ;;
    'table '*) table="$second $third" ;;
    'type filter hook forward '*) [ -z "$table" ] || echo "$table" ;;
  esac
done | while read -r family table; do
  { nft -t list table "$family" "$table" || nft list table "$family" "$table"; } 2>/dev/null |
    head -n "$firewall_lines" | prefixed "nft $family.$table"
done
for tool in iptables ip6tables; do
  [ $tool = iptables ] && names=/proc/net/ip_tables_names || names=/proc/net/ip6_tables_names
  [ -n "$(cat $names 2>/dev/null)" ] && $tool -S 2>/dev/null | head -n "$firewall_lines" | prefixed "$tool"
done
