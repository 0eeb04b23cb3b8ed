# The rules, if another program filters incoming packets, or if nft can't be read.
if command -v nft >/dev/null 2>&1; then
  others=$(
    nft list chains 2>/dev/null | while read -r first second third rest; do
      case "$first $second $third $rest" in
        'table inet bridgehead_'*) table= ;;
        'table '*) table=$third ;;
        'type filter hook input '* | 'type filter hook prerouting '*) [ -z "$table" ] || echo "$table" ;;
      esac
    done
  )
  for names in /proc/net/ip_tables_names /proc/net/ip6_tables_names; do
    [ -r $names ] && read -r one <$names && others=$one
  done
  if [ -n "$others" ]; then read_rules; fi
else
  rules_without_nft
fi
