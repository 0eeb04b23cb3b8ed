import { count } from '../../../core/text.js';
import { atlasOf } from '../../../model/atlas.js';
import type { Network } from '../../../model/inventory.js';
import { hubOf } from '../../../model/shape.js';
import { type LanProbe, lanProgram } from '../../../packets/programs/lan-program.js';
import { all, fromLines, GarbledReply, integer, type Lines } from '../../../remote/reply-lines.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { noPerl, saysIpv6Off } from '../../shared/packet-answers.js';
import { type PatientParams, parameters, patientParameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { explainIpv6, ipv6Interfaces, nodesWithoutIpv6 } from './shared/ipv6.js';
import { type LanTarget, targetsBehind, targetsThrough } from './shared/lan-targets.js';
import { addressesOf, inNetwork, isIpv6, networksOn, notAMember } from './shared/members.js';

/** The targets of a node, in the order of their numbers in the reply. */
interface Questions {
  /** Through the tunnel. */
  readonly through: readonly LanTarget[];
  /** The gateways themselves, by their overlay address in the target's family; one for each of `through`. */
  readonly gateways: readonly (string | undefined)[];
  /** On the node's own LAN, if it is the gateway: as a machine of that LAN, and with its overlay address. */
  readonly behind: readonly LanTarget[];
}

interface Answer {
  /** Whether everything was answered; a missing ping doesn't count if TCP works. */
  readonly whole: boolean;
  /** `ping 0.8 ms, TCP open`; `no answer` and why. */
  readonly text: string;
}

interface Seen {
  readonly perl: boolean;
  readonly ipv6Off: boolean;
  readonly answers: ReadonlyMap<string, Answer>;
}

const overlayOf = (network: Network, node: string, like: string): string | undefined =>
  addressesOf(network, node).find((address) => isIpv6(address) === isIpv6(like));

function questionsOf(context: GateContext<PatientParams>, node: string): Questions {
  const through = targetsThrough(context, node);
  return {
    through,
    gateways: through.map(({ network, gateway, address }) => overlayOf(network, gateway, address)),
    behind: targetsBehind(context, node),
  };
}

/** Probes by the key of their answers; the same probe is only sent once. */
function probesOf(context: GateContext<PatientParams>, node: string): ReadonlyMap<string, LanProbe> {
  const { through, gateways, behind } = questionsOf(context, node);
  const probes = new Map<string, LanProbe>();
  for (const { address, required, port } of through) {
    probes.set(address, { address, required, ...(port !== undefined && { port }) });
  }
  for (const address of gateways) {
    if (address !== undefined && !probes.has(address)) probes.set(address, { address, required: false });
  }
  for (const { network, address, required, port } of behind) {
    const probe = { address, required, ...(port !== undefined && { port }) };
    probes.set(address, probe);
    const source = overlayOf(network, node, address);
    if (source !== undefined) probes.set(`${source} ${address}`, { ...probe, source });
  }
  return probes;
}

const WORDS = new Set(['lan', 'lost', 'no-perl', 'ipv6-off']);

function parse(lines: Lines, keys: readonly string[]): Seen {
  const answers = new Map<string, Answer>();
  const put = (number: string | undefined, answer: Answer): void => {
    const key = keys[integer(number)];
    if (key === undefined) throw new GarbledReply(`an unexpected answer`);
    answers.set(key, answer);
  };
  for (const [number, ms, tcp] of all(lines, 'lan')) {
    const ping = ms === '-' ? 'silent to pings' : `ping ${ms} ms`;
    const port = tcp === 'none' ? '' : `, ${tcp === '-' ? 'but no TCP' : `TCP ${tcp}`}`;
    put(number, { whole: tcp !== '-', text: `${ping}${port}` });
  }
  for (const [number, ...reason] of all(lines, 'lost')) {
    const why = reason.join(' ');
    put(number, { whole: false, text: why === 'silence' ? 'no answer' : `no answer (${why})` });
  }
  const perl = all(lines, 'no-perl').length === 0;
  const strange = lines.find(([word = '']) => !WORDS.has(word));
  if (strange !== undefined) throw new GarbledReply(`"${strange[0]}" is not a reply`);
  const missing = keys.find((key) => !answers.has(key));
  if (perl && missing !== undefined) throw new GarbledReply(`no answer about ${missing}`);
  return { perl, ipv6Off: saysIpv6Off(lines), answers };
}

/** Where between a node and a target packets are lost, and the fix. */
function blame(
  context: GateContext<PatientParams>,
  node: string,
  target: LanTarget,
  seen: ReadonlyMap<string, Seen>,
): Pick<Finding, 'seen' | 'fix'> {
  const { network, gateway, address, name, nat, subnet } = target;
  const answered = (from: string, key: string | undefined): boolean =>
    key !== undefined && seen.get(from)?.answers.get(key)?.whole === true;
  const overlay = overlayOf(network, gateway, address);
  const text = seen.get(node)?.answers.get(address)?.text ?? 'no answer';
  if (!answered(node, overlay)) {
    const fix = `fix the tunnel first: check what the gates handshake and ping report for ${node} and ${gateway}`;
    return { seen: `${text}; ${gateway} doesn't answer either`, fix };
  }
  if (!seen.has(gateway)) {
    return { seen: `${text}; ${gateway} could not be measured`, fix: `fix ${gateway} first` };
  }
  if (!answered(gateway, address)) {
    const fix = `check that ${name} is on, has the address ${address} and answers on its LAN`;
    return { seen: `${text}; ${gateway} doesn't reach it on its LAN either`, fix };
  }
  const repair = '`bridgehead apply` loads what is missing; the gate forwarding shows what it is';
  if (!answered(gateway, `${overlay} ${address}`)) {
    const ranges = network.ranges.filter((range) => isIpv6(range) === isIpv6(address)).join(', ');
    const site = context.inventory.sites.find(({ subnets }) => subnets.includes(subnet));
    const router = site?.router === undefined ? `the router of ${subnet}` : `the router ${site.router}`;
    const own = atlasOf(context.inventory).nodes.get(gateway)?.lanAddresses[0] ?? gateway;
    return nat === 'masquerade'
      ? {
          seen: `${text}; lost at ${gateway}: it reaches ${name}, but gets no answer from its overlay address: its masquerade is missing`,
          fix: `${repair} on ${gateway}`,
        }
      : {
          seen: `${text}; lost on the way back: ${gateway} reaches ${name}, but no answer comes back to ${ranges}`,
          fix: `on ${router}, route ${ranges} through ${own} (${gateway}); or have ${gateway} masquerade (nat: masquerade)`,
        };
  }
  const hub = hubOf(network, node);
  if (hub !== undefined && hub !== gateway && answered(hub, address)) {
    return {
      seen: `${text}; lost at ${hub}, which reaches ${name} itself but doesn't forward packets from ${node}`,
      fix: `${repair} on ${hub}`,
    };
  }
  return {
    seen: `${text}; lost at ${gateway}, which reaches ${name} itself but doesn't forward packets`,
    fix: `${repair} on ${gateway}: forwarding is off, or a firewall there (UFW, Docker) drops forwarded packets`,
  };
}

function judge(
  context: GateContext<PatientParams>,
  node: string,
  target: LanTarget,
  seen: ReadonlyMap<string, Seen>,
): Finding {
  const { network, gateway, address, name, own, required, subnet } = target;
  const base = {
    node,
    peer: gateway,
    expected: inNetwork(context, network, `${name} (${address}) answers through ${gateway}`),
  };
  const answers = seen.get(node)?.answers;
  const answer = answers?.get(address);
  if (answer?.whole) {
    const note = own ? `; no other machine of ${subnet} is in the inventory, nor its router` : '';
    return { ...base, go: true, seen: `${answer.text}${note}` };
  }
  const other = targetsThrough(context, node).find(
    (one) => one.subnet === subnet && answers?.get(one.address)?.whole === true,
  );
  if (!required && other) {
    return { ...base, go: true, seen: `no answer, which some routers do; ${other.name} behind it answers` };
  }
  return { ...base, go: false, ...blame(context, node, target, seen) };
}

/**
 * The LANs behind gateways answer: their machines and routers are probed through the tunnel and from the gateway itself, so
 * that a STOP can name the hop.
 */
export const lan: GateKind<PatientParams, Seen> = {
  kind: 'lan',
  schema: parameters(patientParameters),
  patience: 10,

  concerns(_inventory, networks) {
    return networks.some(({ advertises }) => advertises.length > 0);
  },

  probe(context, node) {
    const probes = [...probesOf(context, node.name).values()];
    return {
      packets: lanProgram({ probes, ipv6: ipv6Interfaces(context, node.name) }, context),
      parse: fromLines((lines) => parse(lines, [...probesOf(context, node.name).keys()])),
    };
  },

  verdict(context, readings) {
    const off = nodesWithoutIpv6(readings);
    const ways: Finding[] = [];
    const others: Finding[] = [];
    for (const [node, { perl }] of readings.seen) {
      if (!perl) {
        others.push(noPerl(node));
        continue;
      }
      const targets = targetsThrough(context, node);
      for (const target of targets) {
        const finding = judge(context, node, target, readings.seen);
        ways.push(isIpv6(target.address) ? explainIpv6(context, finding, off) : finding);
      }
      if (targets.length > 0) continue;
      const reason =
        targetsBehind(context, node).length > 0 ? 'it is a gateway itself' : 'no LAN behind others';
      others.push(
        networksOn(context, node).length === 0
          ? notAMember(node)
          : { go: true, node, expected: 'nothing to reach', seen: reason },
      );
    }
    return conclude(readings, [...others, ...ways], () => {
      const reached = ways.filter(({ go }) => go).length;
      return `${reached} of ${count(ways.length, 'way')} onto LANs answer${ways.length === 1 ? 's' : ''}`;
    });
  },
};
