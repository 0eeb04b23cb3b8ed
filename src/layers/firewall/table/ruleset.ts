import type { Opening } from '../../../model/inventory.js';
import { insideRules } from '../../host/forwarding/inside.js';
import { forInventory, OVERWRITTEN } from '../../shared/managed.js';
import { PASS, type Pass, sourcesIn } from './passes.js';
import { TABLE } from './paths.js';

export interface TableWanted {
  /** Name of the inventory that the table is for. */
  readonly inventory: string;
  /** SSH first. */
  readonly openings: readonly Opening[];
  /** Whether the table itself closes the machine; otherwise another firewall does. */
  readonly closesInput: boolean;
  /** Rules for the chain INPUT of iptables. */
  readonly passes: readonly Pass[];
  /** Interfaces that lead out, although they are called as one to the inside. */
  readonly uplinks: readonly string[];
  /** What another firewall lets in by its addresses alone, and is only open through an interface. */
  readonly strays: readonly Opening[];
}

/** What a machine needs to have a network at all; neighbours come with the hop limit that no router leaves. */
const NEEDED = [
  'icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } accept',
  'icmpv6 type { echo-request, destination-unreachable, packet-too-big, time-exceeded, parameter-problem } accept',
  'icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept',
  'ip6 saddr fe80::/10 icmpv6 type { mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report } accept',
  'ip protocol igmp accept',
  'udp sport 67 udp dport 68 accept',
  'ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept',
];

/** Names and leases for containers and guests, by a server on the machine such as libvirt's, LXD's or podman's. */
const FOR_INSIDE = ['tcp dport 53 jump inside', 'udp dport { 53, 67, 547 } jump inside'];

const rangeOf = ({ port, toPort }: Opening): string =>
  toPort === undefined ? `${port}` : `${port}-${toPort}`;

/** The rules that accept an opening whose port is matched in the words of `portMatch`, or do something else with it. */
function accepting(opening: Opening, portMatch: string, verdict = 'accept'): string[] {
  const device = opening.interface === undefined ? '' : `iifname "${opening.interface}" `;
  if (opening.sources === 'anyone') return [`${device}${portMatch} ${verdict}`];
  return ([4, 6] as const).flatMap((family) => {
    const sources = sourcesIn(opening, family);
    if (sources.length === 0) return [];
    return [
      `${device}${family === 4 ? 'ip' : 'ip6'} saddr { ${sources.join(', ')} } ${portMatch} ${verdict}`,
    ];
  });
}

const CLOSED = 'counter drop';

const chain = (name: string, rules: readonly string[]): string =>
  `\tchain ${name} {\n${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}\n`;

function inputRules(openings: readonly Opening[]): string[] {
  return [
    'type filter hook input priority filter; policy drop;',
    'iif "lo" accept',
    ...openings
      .filter(({ isSsh }) => isSsh)
      .flatMap((one) => accepting(one, `${one.protocol} dport ${rangeOf(one)}`)),
    'ct state established,related accept',
    'ct state invalid drop',
    ...NEEDED,
    ...FOR_INSIDE,
    ...openings
      .filter(({ isSsh }) => !isSsh)
      .flatMap((one) => accepting(one, `${one.protocol} dport ${rangeOf(one)}`)),
    CLOSED,
  ];
}

/** Ports that containers publish are forwarded, so no rule for incoming packets sees them. */
function publishedRules(openings: readonly Opening[]): string[] {
  return [
    'ct state established,related accept',
    'jump inside',
    ...openings.flatMap((one) =>
      accepting(one, `meta l4proto ${one.protocol} ct original proto-dst ${rangeOf(one)}`),
    ),
    CLOSED,
  ];
}

/** Packets from addresses that only an interface is open for, and that come in elsewhere. */
function elsewhereRules(openings: readonly Opening[], strays: readonly Opening[]): string[] {
  const match = (one: Opening): string => `${one.protocol} dport ${rangeOf(one)}`;
  const kinds = new Set(strays.map(match));
  return [
    'type filter hook input priority filter - 1; policy accept;',
    'iif "lo" accept',
    'ct state established,related accept',
    ...openings.filter((one) => kinds.has(match(one))).flatMap((one) => accepting(one, match(one))),
    ...strays.flatMap(({ interface: _, ...one }) => accepting(one, match(one), CLOSED)),
  ];
}

/** The file that `nft -f` loads: it replaces the table in one transaction, whether there is one or not. */
export function rulesetText({
  inventory,
  openings,
  closesInput,
  passes,
  uplinks,
  strays,
}: TableWanted): string {
  const table = `table inet ${TABLE}`;
  return `${OVERWRITTEN}
${forInventory(inventory)}
${passes.map(({ tool, rule }) => `${PASS}${tool} ${rule}\n`).join('')}${table}
delete ${table}
${table} {
${chain('inside', insideRules(uplinks))}${closesInput ? chain('input', inputRules(openings)) : ''}${strays.length > 0 ? chain('elsewhere', elsewhereRules(openings, strays)) : ''}${chain('published', publishedRules(openings))}${chain(
  'forward',
  ['type filter hook forward priority filter - 1; policy accept;', 'ct status dnat jump published'],
)}}
`;
}
