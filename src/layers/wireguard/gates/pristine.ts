import { count } from '../../../core/text.js';
import { allowFix, causeText } from '../../../facts/firewall/cause.js';
import { courseOf } from '../../../facts/firewall/evaluate.js';
import { parseRules } from '../../../facts/firewall/read.js';
import type { Table } from '../../../facts/firewall/ruleset.js';
import { bareAddress, contains, spanOf } from '../../../model/address.js';
import { networksOf } from '../../../model/atlas.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import { inParts, mapped } from '../../../remote/question.js';
import { all, GarbledReply, integer, type Lines } from '../../../remote/reply-lines.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { type NetworkParams, networkParameter, parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { isClosedRule } from '../forwarding/closed.js';
import { ownersFact } from '../ownership/probe.js';
import { foreignFix, type InterfaceOwner, ownershipOf, type Stranger } from '../ownership/verdict.js';
import { isOurs } from '../retire/ours.js';
import { type Left, leftFact } from '../retire/probe.js';
import type { SeenInterface } from '../tunnel/live.js';
import { type AtBoot, bootConflicts, parseNextBoot } from './pristine/next-boot.js';
import { pristineQuestion } from './pristine/probe.js';
import { callersOf, callsTo } from './shared/callers.js';
import { ipv6Fix, ipv6Interfaces, saysIpv6Off } from './shared/ipv6.js';
import { addressesOf, isIpv6, networksOn } from './shared/members.js';

interface SeenNetwork {
  readonly owner: 'nobody' | 'ours' | 'foreign';
  /** What is somebody else's about it. */
  readonly foreign?: string;
  readonly whose?: Stranger;
  readonly interfaceThere: boolean;
  /** By another than the network's own interface. */
  readonly portTaken: boolean;
}

interface Seen {
  readonly networks: readonly SeenNetwork[];
  readonly units: readonly string[];
  readonly folders: readonly { readonly folder: string; readonly files: number; readonly first: string }[];
  /** `ip -4 rule` and `ip -6 rule` lines beyond the defaults. */
  readonly rules: readonly { readonly family: string; readonly rule: string }[];
  readonly addresses: readonly { readonly device: string; readonly address: string }[];
  readonly tables: readonly Table[];
  readonly ipv6Off: boolean;
  /** WireGuard's own ports, which belong to no process. */
  readonly listening: readonly { readonly device: string; readonly port: string }[];
  readonly boot: readonly AtBoot[];
  /** Interfaces of ours that the wireguard step's phase retires before it makes others. */
  readonly retired: ReadonlySet<string>;
}

type Problem = Pick<Finding, 'expected' | 'seen' | 'fix'>;

const DEFAULT_RULES = new Set([
  '0: from all lookup local',
  '32766: from all lookup main',
  '32767: from all lookup default',
]);

/** What the node reports, and what follows from it with the inventory. */
function ownerOf(
  said: string,
  judged: InterfaceOwner | undefined,
): Pick<SeenNetwork, 'owner' | 'foreign' | 'whose'> {
  if (judged?.kind === 'foreign') {
    return { owner: 'foreign', foreign: judged.seen, whose: judged.whose };
  }
  if (judged?.kind === 'ours') return { owner: 'ours' };
  return { owner: said === 'ours' ? 'ours' : 'nobody' };
}

interface Parts {
  readonly owners: ReadonlyMap<string, SeenInterface>;
  readonly left: readonly Left[];
}

function parse(lines: Lines, node: string, context: GateContext<NetworkParams>, parts: Parts): Seen {
  const networks = networksOn(context, node);
  const whose = (network: Network): InterfaceOwner | undefined => {
    const own = parts.owners.get(network.interface);
    return own && ownershipOf({ ...context, network, node }, own);
  };
  const seen = new Map(all(lines, 'network').map(([number, ...words]) => [integer(number), words]));
  return {
    networks: networks.map((network, number) => {
      const [owner, there, taken] = seen.get(number) ?? [];
      if (owner === undefined || there === undefined || taken === undefined) {
        throw new GarbledReply(`no answer about network ${network.name}`);
      }
      return {
        ...ownerOf(owner, whose(network)),
        interfaceThere: there === 'yes',
        portTaken: taken === 'yes',
      };
    }),
    units: [...new Set(all(lines, 'unit').map(([unit = '']) => unit))],
    folders: all(lines, 'folder').map(([folder = '', files, ...first]) => ({
      folder,
      files: integer(files),
      first: first.join(' '),
    })),
    rules: all(lines, 'rule')
      .map(([family = '', ...rule]) => ({ family, rule: rule.join(' ') }))
      .filter(({ rule }) => !DEFAULT_RULES.has(rule) && !isClosedRule(rule)),
    addresses: all(lines, 'address').map(([device = '', address = '']) => ({ device, address })),
    tables: parseRules(lines),
    ipv6Off: saysIpv6Off(lines),
    listening: all(lines, 'listen').map(([device = '', port = '']) => ({ device, port })),
    boot: parseNextBoot(lines),
    retired: new Set(
      context.inventory.nodes
        .filter(({ name }) => name === node)
        .flatMap((one) =>
          (parts.left ?? []).filter((left) => isOurs(left, context.inventory, one, context.facts)),
        )
        .map((left) => left.interface),
    ),
  };
}

function leftovers(node: string, { units, folders, rules }: Seen): readonly Problem[] {
  return [
    ...units.map((unit) => ({
      expected: 'no service of another cluster',
      seen: unit,
      fix: `if ${node} should leave that cluster, use the cluster's own procedure to remove a node; otherwise copy the playbook and remove this gate`,
    })),
    ...folders.map(({ folder, files, first }) => ({
      expected: `no files of another cluster in ${folder}`,
      seen: `${count(files, 'file')} that no installed package owns, such as ${first}`,
      fix: `find out what put ${files === 1 ? 'it' : 'them'} there (\`ls -lAR ${folder}\` on ${node}), and remove ${files === 1 ? 'it' : 'them'} with that`,
    })),
    ...rules.map(({ family, rule }) => ({
      expected: 'only the default routing rules',
      seen: `ip -${family} rule ${rule}`,
      fix: `find what sets it on ${node} (a VPN, a network plugin), and change its settings; SSH may depend on it`,
    })),
  ];
}

function conflicts(
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
    const fix = `give network ${network.name} another range, or ${device} another address where ${node} configures it`;
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
  tables: readonly Table[],
): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const packet of callsTo(inventory, network, node)) {
    const { drop } = courseOf(tables, packet);
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

function ipv6Problem(node: string, network: Network): Problem {
  return {
    expected: `IPv6 on, for ${addressesOf(network, node).filter(isIpv6).join(', ')} of network ${network.name}`,
    seen: `IPv6 is off on ${node}`,
    fix: ipv6Fix([node], [network]),
  };
}

function judge(context: GateContext<NetworkParams>, node: string, seen: Seen): readonly Finding[] {
  const networks = networksOn(context, node);
  const withIpv6 = networks.filter((network) => addressesOf(network, node).some(isIpv6));
  const problems = [
    ...(seen.ipv6Off ? withIpv6.map((network) => ipv6Problem(node, network)) : []),
    ...leftovers(node, seen),
    ...networks.flatMap((network, number) => {
      const own = seen.networks[number];
      return own === undefined ? [] : conflicts(context.inventory, network, node, { own, seen });
    }),
  ];
  if (problems.length > 0) return problems.map((problem) => ({ go: false, node, ...problem }));
  const ours = seen.networks.some(({ owner }) => owner === 'ours');
  return [
    {
      go: true,
      node,
      expected: 'nothing that conflicts with the network',
      seen: ours ? 'only what Bridgehead made, and no conflicts' : 'clean',
    },
  ];
}

/** A clean baseline: nothing is left of an earlier cluster or VPN, and nothing conflicts with the networks. */
export const pristine: GateKind<NetworkParams, Seen> = {
  kind: 'pristine',
  judgesAhead: true,
  schema: parameters(networkParameter),
  patience: 0,

  probe(context, node) {
    const wanted = networksOf(context.inventory, node.name).map((network) => network.interface);
    const memberships = networksOn(context, node.name).map((network) => ({
      network,
      callers: callersOf(context.inventory, network, node.name),
    }));
    const parts = inParts({
      words: pristineQuestion(memberships, ipv6Interfaces(context, node.name), wanted),
      owners: ownersFact(memberships.map(({ network }) => network)),
      left: leftFact(context.inventory, node.name),
    });
    return mapped(parts, ({ words, ...others }) => parse(words, node.name, context, others));
  },

  verdict(context, readings) {
    const findings = [...readings.seen].flatMap(([node, seen]) => judge(context, node, seen));
    const problems = findings.filter(({ go }) => !go);
    const dirty = new Set(problems.map(({ node }) => node));
    const nodes = readings.seen.size + readings.unread.length;
    return conclude(readings, findings, () => {
      const clean = `${readings.seen.size - dirty.size} of ${count(nodes, 'node')} clean`;
      return problems.length === 0 ? clean : `${clean}, ${count(problems.length, 'leftover')} or conflicts`;
    });
  },
};
