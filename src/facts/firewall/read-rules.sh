# Prints all rules of the machine, nft's and those of legacy iptables, which nft doesn't show; `$rule_lines`
# of each, without counters if `$rule_state` is -s. An nft that can't leave out what is in sets shows it.
read_rules() {
  { nft $rule_state -a -t list ruleset || nft $rule_state -a list ruleset; } 2>/dev/null |
    head -n "$rule_lines" | sed 's/^/nft /'
  saved_rules iptables /proc/net/ip_tables_names
  saved_rules ip6tables /proc/net/ip6_tables_names
}

saved_rules() {
  [ -r "$2" ] && read -r _ <"$2" || return 0
  { "$1-legacy-save" 2>/dev/null || "$1-save" 2>/dev/null; } | head -n "$rule_lines" | sed "s/^/$1 /"
}

# The same on a machine without nft.
rules_without_nft() {
  for tool in iptables ip6tables; do
    ! command -v "$tool-save" >/dev/null 2>&1 ||
      "$tool-save" 2>/dev/null | head -n "$rule_lines" | sed "s/^/$tool /"
  done
}
