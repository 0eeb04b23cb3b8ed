import { familyOf } from '../../../model/address.js';
import { quote } from '../../../remote/quote.js';
import closeWithout from './loader/close-without.sh';

/** The mark bit that our table sets on packets that it has passed; it is cleared before any other filter. */
const JUDGED = '0x10000000';
/** Before the rules of other VPNs, after the kernel's own. */
export const CLOSED_PREFERENCE = 5000;
const NOTE = '# closed without this table: ';

/** Whether a ruleset asks for routing rules. */
export const closesWithout = (ruleset: string): boolean => ruleset.includes(NOTE);

/** Lines at the top of the ruleset that the loader turns into routing rules. */
export function closedNotes(sources: readonly string[]): string {
  return sources.map((source) => `${NOTE}${familyOf(source)} ${source}\n`).join('');
}

/**
 * Only if this is 1 does the kernel's rp_filter look up the way back with the packet's mark; without a mark, answers to
 * clients would match the prohibiting rule.
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

/** sh: `close_without INTERFACE FILE`. */
export const CLOSE_WITHOUT = `closed_note=${quote(NOTE)}
closed_preference=${CLOSED_PREFERENCE}
judged=${JUDGED}
${closeWithout}`;

/** sh that shows the rules in force of the families given. */
export function readClosed(families: readonly (4 | 6)[]): string {
  return families.map((family) => `ip -${family} rule show pref ${CLOSED_PREFERENCE} 2>/dev/null`).join('\n');
}

const RULE = new RegExp(`^${CLOSED_PREFERENCE}:\\s+from (\\S+) .*\\bfwmark 0/${JUDGED} .*\\bprohibit$`);

/** The sources for which the rules are active, `INTERFACE SOURCE`. */
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
