# Prints all rules of the machine, nft's and those of legacy iptables, which nft doesn't show; `$rule_lines`
# of each.
read_rules() {
  nft -s -a list ruleset 2>/dev/null | head -n "$rule_lines" | sed 's/^/nft /'
  saved_rules iptables /proc/net/ip_tables_names
  saved_rules ip6tables /proc/net/ip6_tables_names
}

saved_rules() {
  [ -r "$2" ] && read -r _ <"$2" || return 0
  { "$1-legacy-save" 2>/dev/null || "$1-save" 2>/dev/null; } | head -n "$rule_lines" | sed "s/^/$1 /"
}
