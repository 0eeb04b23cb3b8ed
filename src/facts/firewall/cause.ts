import { bareAddress } from '../../model/address.js';
import type { Cause } from './evaluate.js';
import type { Packet } from './packet.js';
import type { Rule } from './ruleset.js';

/** Addresses behind a carrier's NAT, which Tailscale uses as well. */
export const CARRIER = '100.64.0.0/10';

const OWNERS: readonly (readonly [RegExp, string])[] = [
  [/^bridgehead_/, 'Bridgehead'],
  [/^ufw6?-/, 'UFW'],
  [/^ts-/, 'Tailscale'],
  [/^DOCKER/, 'Docker'],
  [/^InstanceServices/, "Oracle's image"],
  [/^f2b-/, 'fail2ban'],
  [/^KUBE-/, 'Kubernetes'],
  [/^cali-/, 'Calico'],
  [/^CILIUM_/, 'Cilium'],
  [/^LIBVIRT_/, 'libvirt'],
  [/^NETBIRD/, 'NetBird'],
];

/** Whose rule it is, as far as names show; undefined when they don't. */
export function ownerOf({ table, chain, rule }: Cause): string | undefined {
  if (table.name === 'firewalld' || table.name.startsWith('firewalld_')) return 'firewalld';
  const owner = (name: string): string | undefined => OWNERS.find(([like]) => like.test(name))?.[1];
  const own = owner(chain) ?? owner(table.name);
  if (own !== undefined) return own;
  const others = [...table.chains.keys()].map(owner).filter((name) => name !== undefined);
  // Oracle's images end INPUT and FORWARD with a REJECT; a policy belongs to the program that set it along with its chains.
  if (others.includes("Oracle's image") && rule?.text.includes('reject')) return "Oracle's image";
  return rule === undefined
    ? (others.find((name) => name === 'UFW') ?? others.find((name) => name === 'Docker'))
    : undefined;
}

/** A rule without its counters. */
export const ruleText = ({ text }: Rule): string =>
  text.replace(/ ?\bcounter( packets \d+ bytes \d+)?/, '').trim();

/** `Oracle's image: table ip filter, chain INPUT, rule 6: reject with icmp host-prohibited`. */
export function causeText(cause: Cause): string {
  const owner = ownerOf(cause);
  const { table, chain, rule, place } = cause;
  const what = rule === undefined ? 'which drops what no rule accepts' : `rule ${place}: ${ruleText(rule)}`;
  return `${owner === undefined ? '' : `${owner}: `}table ${table.family} ${table.name}, chain ${chain}, ${what}`;
}

/** UFW's chains that a packet only meets after the rules that `ufw allow` adds to. */
const BEHIND_ALLOW = /^ufw6?-((after|reject|track|skip-to-policy)-|user-limit$)/;
/** A UFW rule with a port and without an address: `ufw allow` replaces it. */
const ON_A_PORT = /^(?:udp|tcp) dport \d+ (?:drop|reject)/;

/** The UFW command that prevents a drop; undefined if its rule would come too late. */
function ufwFix({ chain, rule }: Cause, { port, protocol }: Packet): string | undefined {
  const allow = `allow ${port}/${protocol}`;
  if (rule === undefined || BEHIND_ALLOW.test(chain)) return `\`ufw ${allow}\``;
  if (!/^ufw6?-user-/.test(chain)) return undefined;
  return ON_A_PORT.test(ruleText(rule)) ? `\`ufw ${allow}\`` : `\`ufw prepend ${allow}\``;
}

/** Whether a rule added through Docker or UFW comes before the one that drops. */
export function isHelpedByOwner(cause: Cause): boolean {
  const owner = ownerOf(cause);
  const isBehind =
    cause.rule === undefined || BEHIND_ALLOW.test(cause.chain) || /^ufw6?-user-/.test(cause.chain);
  return owner === 'Docker' || (owner === 'UFW' && isBehind);
}

/** The file that an iptables rule has to be in to survive a boot. */
export function loadedFrom(owner: string | undefined, family: 4 | 6, node: string): string {
  if (owner === 'UFW') {
    const file = `/etc/ufw/${family === 4 ? 'before.rules' : 'before6.rules'}`;
    return `${file}, above the line that drops (rules added by \`ufw allow\` come after it)`;
  }
  return `/etc/iptables/rules.v${family}, or wherever ${node} loads its rules from`;
}

const isReversePath = (cause: Cause): boolean => /\bfib saddr\b/.test(cause.rule?.text ?? '');

/** The rule that lets the packet in, and its place; it only ever adds an accept. */
export function allowFix(cause: Cause, packet: Packet, node: string): string {
  const { table, chain, place, rule } = cause;
  const { protocol, port, family } = packet;
  const owner = ownerOf(cause);
  const from = owner === 'Tailscale' ? CARRIER : undefined;
  if (isReversePath(cause)) {
    const source = packet.from ?? 'the sender';
    return `${node} has no route back to ${source} through the interface that its packets arrive on: check \`ip -${family} route get ${bareAddress(source)}\` on ${node} and add one`;
  }
  const byUfw = owner === 'UFW' ? ufwFix(cause, packet) : undefined;
  if (byUfw !== undefined) return `${byUfw} on ${node}`;
  if (owner === 'firewalld')
    return `\`firewall-cmd --add-port=${port}/${protocol}\`, and the same with \`--permanent\`, on ${node}`;
  if (table.tool === 'iptables') {
    const tool = family === 4 ? 'iptables' : 'ip6tables';
    const where = table.name === 'filter' ? '' : ` -t ${table.name}`;
    const source = from === undefined ? '' : ` -s ${from}`;
    const order = place === undefined ? ` -A ${chain}` : ` -I ${chain} ${place}`;
    const line = `\`${tool}${where}${order}${source} -p ${protocol} --dport ${port} -j ACCEPT\``;
    const before =
      place === undefined
        ? ''
        : `, before rule ${place} of ${chain} (a rule at the end would not be reached)`;
    const again =
      owner === 'Tailscale'
        ? '; tailscaled recreates its chain when it starts, so it is needed again then'
        : `; for the next boot, add the same to ${loadedFrom(owner, family, node)}`;
    return `${line} on ${node}${before}${again}`;
  }
  const position = rule?.handle === undefined ? '' : ` position ${rule.handle}`;
  const verb = rule === undefined ? 'add' : 'insert';
  return `\`nft ${verb} rule ${table.family} ${table.name} ${chain}${position} ${protocol} dport ${port} accept\` on ${node}${rule === undefined ? '' : `, before rule ${place} of ${chain}`}; for the next boot, add the same to the file that loads this table`;
}
