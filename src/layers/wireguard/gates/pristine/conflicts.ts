import { allowFix, causeText } from '../../../../facts/firewall/cause.js';
import { courseOf } from '../../../../facts/firewall/evaluate.js';
import type { Rules } from '../../../../facts/firewall/read.js';
import { bareAddress, contains, spanOf } from '../../../../model/address.js';
import type { Inventory, Network } from '../../../../model/inventory.js';
import { foreignFix } from '../../ownership/verdict.js';
import { callsTo } from '../shared/callers.js';
import { ipv6Fix } from '../shared/ipv6.js';
import { addressesOf, isIpv6 } from '../shared/members.js';
import { bootConflicts } from './next-boot.js';
import type { Problem } from './problem.js';
import type { Seen, SeenNetwork } from './seen.js';

/** What else on a node wants a network's interface, port or addresses, or drops its packets. */
export function conflicts(
  inventory: Inventory,
  network: Network,
  node: string,
  { own, seen }: { readonly own: SeenNetwork; readonly seen: Seen },
): readonly Problem[] {
  const { interface: name, port } = network;
  const problems: Problem[] = [];
  if (own.owner === 'foreign') {
    problems.push({
      expected: `no ${name} that belongs to something else`,
      seen: own.foreign ?? 'one that Bridgehead did not make',
      fix: foreignFix(network, node, own.whose ?? 'hand'),
    });
  }
  const holder = seen.listening.find((one) => one.port === String(port))?.device;
  if (own.portTaken && holder !== name && !(holder !== undefined && seen.retired.has(holder))) {
    problems.push({
      expected: `UDP port ${port} free`,
      seen:
        holder === undefined ? 'something listens on it' : `the WireGuard interface ${holder} listens on it`,
      fix:
        holder === undefined
          ? `give network ${network.name} another port; \`ss -lunp sport = :${port}\` on ${node} shows who has this one`
          : `give network ${network.name} another port, or ${holder} another ListenPort in its own configuration`,
    });
  }
  problems.push(...bootConflicts(network, node, seen.boot, seen.retired));
  const spans = network.ranges.map(spanOf);
  for (const { device, address } of seen.addresses) {
    if (
      device === name ||
      seen.retired.has(device) ||
      !spans.some((span) => contains(span, bareAddress(address)))
    )
      continue;
    const fix = `give network ${network.name} another range (\`bridgehead renumber ${network.name} RANGE\`), or ${device} another address where ${node} configures it`;
    problems.push({
      expected: `no address in ${network.ranges.join(', ')} except on ${name}`,
      seen: `${address} on ${device}`,
      fix,
    });
  }
  problems.push(...firewallProblems(inventory, network, node, seen.tables));
  return problems;
}

/** Rules that certainly drop peers' packets to the node; each once. */
function firewallProblems(
  inventory: Inventory,
  network: Network,
  node: string,
  tables: Rules,
): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const packet of callsTo(inventory, network, node)) {
    const { drop } = courseOf(tables ?? [], packet);
    if (drop === undefined) continue;
    const seen = causeText(drop);
    if (problems.has(seen)) continue;
    const from = packet.from === undefined ? '' : `, for example from ${bareAddress(packet.from)}`;
    problems.set(seen, {
      expected: `UDP port ${network.port} open${from}`,
      seen,
      fix: allowFix(drop, packet, node),
    });
  }
  return [...problems.values()];
}

export function ipv6Problem(node: string, network: Network): Problem {
  return {
    expected: `IPv6 on, for ${addressesOf(network, node).filter(isIpv6).join(', ')} of network ${network.name}`,
    seen: `IPv6 is off on ${node}`,
    fix: ipv6Fix([node], [network]),
  };
}
