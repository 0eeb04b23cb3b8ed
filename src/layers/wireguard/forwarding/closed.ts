import { familyOf } from '../../../model/address.js';
import type { Network } from '../../../model/inventory.js';
import { clientsOf, isHub } from '../../../model/shape.js';

/** The bit by which our table marks what it has seen; it is cleared before anybody else's filter. */
const JUDGED = '0x10000000';
/** Before the rules of other VPNs, after the kernel's own. */
export const CLOSED_PREFERENCE = 5000;
const NOTE = '# closed without this table: ';

/** Bare addresses of the clients whose reach a hub limits. */
export function limitedSources(network: Network, node: string): string[] {
  if (!isHub(network, node)) return [];
  return clientsOf(network, node).flatMap(({ addresses }) => addresses);
}

/** Whether a ruleset asks for routing rules. */
export const closesWithout = (ruleset: string): boolean => ruleset.includes(NOTE);

/** Lines of the ruleset's head which the loader turns into routing rules. */
export function closedNotes(sources: readonly string[]): string {
  return sources.map((source) => `${NOTE}${familyOf(source)} ${source}\n`).join('');
}

/**
 * The kernel's check of a sender (rp_filter) asks the routing rules for the way back with the packet's mark only where this
 * is 1; answers to clients would meet the rule without a mark.
 */
export const MARK_KEY = 'net.ipv4.conf.all.src_valid_mark';

/**
 * Chains that mark what came out of the tunnel, or goes to a limited client, last before it is routed, and clear the mark
 * first thing after. A routing rule prohibits what such a client sends on without the mark: so when the table is gone, its
 * packets go nowhere.
 */
export function judgedChains(
  tunnel: string,
  sources: readonly string[],
): readonly (readonly [string, string, readonly string[]])[] {
  const toClients = ([4, 6] as const).flatMap((family) => {
    const own = sources.filter((source) => familyOf(source) === family);
    return own.length === 0 ? [] : [`${family === 4 ? 'ip' : 'ip6'} daddr { ${own.join(', ')} }`];
  });
  const marking = (change: string): readonly string[] =>
    [`iifname "${tunnel}"`, ...toClients].map((match) => `${match} meta mark set meta mark ${change}`);
  return [
    ['judged', 'type filter hook prerouting priority 300; policy accept;', marking(`| ${JUDGED}`)],
    ['judged_forward', 'type filter hook forward priority raw; policy accept;', marking(`& ${clearMask()}`)],
    ['judged_input', 'type filter hook input priority raw; policy accept;', marking(`& ${clearMask()}`)],
  ];
}

const clearMask = (): string => `0x${(0xffffffff - Number(JUDGED)).toString(16)}`;

/** sh function: `close_without INTERFACE FILE` makes the routing rules just those that the file's notes ask for; no file, none. */
export const CLOSE_WITHOUT = `close_without() {
for family in 4 6; do
[ $family = 4 ] || [ -e /proc/net/if_inet6 ] || continue
wanted=' '
[ ! -f "$2" ] || wanted=" $(sed -n "s/^${NOTE}$family //p" "$2" | tr '\\n' ' ')"
there=" $(ip -$family rule show pref ${CLOSED_PREFERENCE} | while read -r _ _ source rest; do case " $rest " in *" iif $1 "*) printf '%s ' "$source" ;; esac; done)"
for source in $there; do
case $wanted in *" $source "*) ;; *) ip -$family rule del pref ${CLOSED_PREFERENCE} from "$source" iif "$1" ;; esac
done
for source in $wanted; do
# networkd deletes the rules of others when it restarts, but for the kernel's.
case $there in *" $source "*) ;; *) ip -$family rule add pref ${CLOSED_PREFERENCE} from "$source" iif "$1" fwmark 0/${JUDGED} protocol kernel prohibit ;; esac
done
done
}
`;

/** sh that shows the rules in force of the families given. */
export function readClosed(families: readonly (4 | 6)[]): string {
  return families.map((family) => `ip -${family} rule show pref ${CLOSED_PREFERENCE} 2>/dev/null`).join('\n');
}

const RULE = new RegExp(`^${CLOSED_PREFERENCE}:\\s+from (\\S+) .*\\bfwmark 0/${JUDGED} .*\\bprohibit$`);

/** The sources for which the rules are in force, `INTERFACE SOURCE`. */
export function parseClosed(text: string): ReadonlySet<string> {
  return new Set(
    text.split('\n').flatMap((line) => {
      const source = RULE.exec(line.trim())?.[1];
      const name = /\biif (\S+)/.exec(line)?.[1];
      return source === undefined || name === undefined ? [] : [`${name} ${source}`];
    }),
  );
}

/** Whether a line of `ip rule show` is one of ours. */
export function isClosedRule(line: string): boolean {
  return RULE.test(line.trim());
}
