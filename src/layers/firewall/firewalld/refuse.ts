import { causeText } from '../../../facts/firewall/cause.js';
import type { Opening } from '../../../model/inventory.js';
import type { Explanation } from '../../step.js';
import { isByFirewalld, type Obstacle } from '../others.js';
import type { SeenFirewall } from '../probe/seen.js';
import { portWord } from '../validation.js';
import { isOurs, isSame, parseRich, zonesWanted } from './rules.js';
import { bothOf, zonesInUse } from './zones.js';

type Seen = Pick<SeenFirewall, 'firewalld' | 'uplinks'>;

const refusal = (message: string, fix: string): Explanation => ({ code: 'E_FIREWALL', message, fix });

/** Why firewalld can't close the node as the inventory says, or would close more at the next boot. */
export function whyNotByFirewalld(
  node: string,
  { firewalld, uplinks }: Seen,
  openings: readonly Opening[],
): Explanation[] {
  if (firewalld === undefined) return [];
  if (!firewalld.running) {
    if (!firewalld.enabled) return [];
    return [
      refusal(
        `firewalld is enabled on ${node} and doesn't run: from the next boot on its zones would decide what ${node} lets in`,
        `keep it from starting at boot on ${node}, or start it there once its zones let SSH in`,
      ),
    ];
  }
  if (!firewalld.enabled) {
    return [
      refusal(
        `firewalld runs on ${node} and isn't enabled: from the next boot on nothing would close ${node}`,
        `have firewalld start at boot on ${node}, once its permanent zones let SSH in, or stop it`,
      ),
    ];
  }
  const all = zonesInUse(firewalld, uplinks).flatMap((zone) => bothOf(zone, firewalld));
  const open = [...new Set(all.filter(({ target }) => target === 'ACCEPT').map(({ name }) => name))];
  const opposed = zonesWanted(openings, firewalld, uplinks).flatMap(({ zone, rules }) =>
    rules.flatMap((wanted) => {
      const others = bothOf(zone, firewalld).flatMap((one) => one.rules.filter((text) => !isOurs(text)));
      const against = others.find((text) => {
        const rule = parseRich(text);
        return rule?.refuses === true && isSame(rule, wanted);
      });
      if (against === undefined) return [];
      const what = `${wanted.protocol} ${wanted.port} from ${wanted.from ?? 'anyone'}`;
      return [
        refusal(
          `zone ${zone} of firewalld on ${node} has a rule against what must be open, ${what}: ${against}`,
          `remove that rule from zone ${zone} on ${node}, live and with \`--permanent\`, or change the inventory`,
        ),
      ];
    }),
  );
  return [
    ...(firewalld.iptables
      ? [
          refusal(
            `firewalld on ${node} uses iptables (FirewallBackend=iptables), whose rules it has no order for`,
            `set FirewallBackend=nftables in /etc/firewalld/firewalld.conf on ${node}, and have firewalld load it`,
          ),
        ]
      : []),
    ...open.map((zone) =>
      refusal(
        `zone ${zone} of firewalld lets in on ${node} whatever no rule rejects`,
        `put its interfaces and sources into another zone on ${node}, one that lets SSH in, such as public`,
      ),
    ),
    ...opposed,
  ];
}

/** The end of a zone, before which our rules come. */
const ZONE_END = /^filter_IN_(?!policy_)\S+$|^filter_INPUT(_POLICIES)?$/;

/** Whether a rule in a zone lets packets past whatever of firewalld's drops them. */
export const isHelpedByZone = ({ cause }: Obstacle): boolean =>
  isByFirewalld({ cause }) &&
  cause.table.name === 'firewalld' &&
  ZONE_END.test(cause.chain) &&
  !/_(pre|log|deny|allow|post)$/.test(cause.chain);

/** What drops packets although a zone lets them in; undefined if it isn't firewalld. */
export function explainDrop(node: string, { opening, cause }: Obstacle): Explanation | undefined {
  if (!isByFirewalld({ cause })) return undefined;
  const needed = `${portWord(opening)} must be open on ${node} for ${opening.because}`;
  if (cause.table.name === 'firewalld_policy_drop' && cause.chain.startsWith('raw_')) {
    return refusal(
      `${needed}, and firewalld on it is in panic mode, which drops everything`,
      `\`firewall-cmd --panic-off\` on ${node}`,
    );
  }
  return refusal(
    `${needed}, and firewalld drops it before its zones' last rules: ${causeText(cause)}`,
    `remove that rule from its zone or policy on ${node}, live and with \`--permanent\`, or change the inventory`,
  );
}
