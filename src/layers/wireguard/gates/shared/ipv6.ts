import type { Network } from '../../../../model/inventory.js';
import { command } from '../../../../remote/quote.js';
import type { Finding, GateContext, NodeReadings } from '../../../gate.js';
import { addressesOf, isIpv6, networksOn } from './members.js';

/** Interfaces on which a node has an IPv6 address of its own. */
export function ipv6Interfaces(context: GateContext<unknown>, node: string): readonly string[] {
  return networksOn(context, node)
    .filter((network) => addressesOf(network, node).some(isIpv6))
    .map((network) => network.interface);
}

/**
 * POSIX sh that prints `ipv6-off` if IPv6 is off completely or on one of these interfaces (or `default`); a missing one
 * counts as on.
 */
export function ipv6Probe(interfaces: readonly string[]): string {
  if (interfaces.length === 0) return ':';
  const files = ['all', ...interfaces].map((name) => `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`);
  return `off=no
[ -r /proc/sys/net/ipv6/conf/all/disable_ipv6 ] || off=yes
for value in $(${command('cat', ...files)} 2>/dev/null); do [ "$value" = 0 ] || off=yes; done
[ $off = no ] || echo ipv6-off`;
}

/** The nodes that have said so. */
export function nodesWithoutIpv6({ seen }: NodeReadings<{ readonly ipv6Off: boolean }>): ReadonlySet<string> {
  return new Set([...seen].filter(([, { ipv6Off }]) => ipv6Off).map(([node]) => node));
}

export function ipv6Fix(nodes: readonly string[], networks: readonly Network[]): string {
  const names = nodes.join(' and ');
  const drop = networks.map(({ name }) => name).join(', ');
  return `turn IPv6 on on ${names}: \`sysctl -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0\` and whatever in /etc/sysctl.d or on the kernel's command line (ipv6.disable=1) turns it off; or give ${names} IPv4 addresses only in ${drop}`;
}

/** Replaces a STOP by one that says so if an end has IPv6 turned off. `off` are those nodes. */
export function explainIpv6(
  context: GateContext<unknown>,
  finding: Finding,
  off: ReadonlySet<string>,
): Finding {
  const ends = [finding.node, finding.peer].filter((end) => end !== undefined && off.has(end)) as string[];
  if (finding.go || ends.length === 0) return finding;
  return { ...finding, seen: `IPv6 is off on ${ends.join(' and ')}`, fix: ipv6Fix(ends, context.networks) };
}
