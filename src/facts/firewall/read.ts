import { all, type Lines } from '../../remote/reply-lines.js';
import { parseRuleset, parseSaved, type Table } from './ruleset.js';

/** Lines of a ruleset that are read; of a longer one nothing is said. */
const LINES = 4000;

/** sh that prints all rules of the machine, nft's and those of legacy iptables, which nft doesn't show. */
export const READ_RULES = `nft -s -a list ruleset 2>/dev/null | head -n ${LINES} | sed 's/^/nft /'
saved() {
[ -r "$2" ] && read -r _ <"$2" || return 0
{ "$1-legacy-save" 2>/dev/null || "$1-save" 2>/dev/null; } | head -n ${LINES} | sed "s/^/$1 /"
}
saved iptables /proc/net/ip_tables_names
saved ip6tables /proc/net/ip6_tables_names`;

/** The same, where a filter of somebody else looks at what comes in, or where nft can't tell. */
export const READ_RULES_IN_THE_WAY = `if command -v nft >/dev/null 2>&1; then
others=$(nft list chains 2>/dev/null | while read -r first second third rest; do
case "$first $second $third $rest" in
'table inet bridgehead_'*) table= ;;
'table '*) table=$third ;;
'type filter hook input '* | 'type filter hook prerouting '*) [ -z "$table" ] || echo "$table" ;;
esac
done)
for names in /proc/net/ip_tables_names /proc/net/ip6_tables_names; do
[ -r $names ] && read -r one <$names && others=$one
done
if [ -n "$others" ]; then
${READ_RULES}
fi
else
for tool in iptables ip6tables; do
! command -v "$tool-save" >/dev/null 2>&1 || "$tool-save" 2>/dev/null | head -n ${LINES} | sed "s/^/$tool /"
done
fi`;

/** What either of them printed, as tables. */
export function parseRules(lines: Lines): readonly Table[] {
  const told = (word: string): readonly string[] => {
    const own = all(lines, word).map((words) => words.join(' '));
    return own.length < LINES ? own : [];
  };
  return [
    ...parseRuleset(told('nft')),
    ...parseSaved(told('iptables'), 'ip'),
    ...parseSaved(told('ip6tables'), 'ip6'),
  ];
}
