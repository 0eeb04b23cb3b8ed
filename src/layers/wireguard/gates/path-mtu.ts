import { count } from '../../../core/text.js';
import type { Network } from '../../../model/inventory.js';
import { pathMtuProgram } from '../../../packets/programs/path-mtu-program.js';
import { all, fromLines, GarbledReply, integer, type Lines } from '../../../remote/reply-lines.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { noPerl, saysIpv6Off } from '../../shared/packet-answers.js';
import { type PatientParams, parameters, patientParameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { explainIpv6, ipv6Interfaces, nodesWithoutIpv6 } from './shared/ipv6.js';
import { addressesOf, inNetwork, isIpv6, networksOn, notAMember } from './shared/members.js';
import { type FamilyPair, type Pair, pairsFrom, waysOf } from './shared/pairs.js';

/** IPv6 allows no link below this. */
const IPV6_LEAST = 1280;

interface Reach {
  /** Bytes of the largest packet that was answered; 0 if none was. */
  readonly bytes: number;
  /** Milliseconds for a full-size packet, or the reason for a loss. */
  readonly detail: string;
}

interface Seen {
  readonly perl: boolean;
  readonly ipv6Off: boolean;
  /** By interface; undefined if there is none. */
  readonly mtu: ReadonlyMap<string, number | undefined>;
  /** By number of the node's way. */
  readonly reaches: ReadonlyMap<number, Reach>;
  /** Bytes of the largest packet heard here, by the source's address. */
  readonly heard: ReadonlyMap<string, number>;
}

function parse(lines: Lines): Seen {
  const reaches = new Map<number, Reach>();
  for (const [number, bytes, ms = ''] of all(lines, 'whole')) {
    reaches.set(integer(number), { bytes: integer(bytes), detail: `${ms} ms` });
  }
  for (const [number, bytes] of all(lines, 'narrow')) {
    reaches.set(integer(number), { bytes: integer(bytes), detail: '' });
  }
  for (const [number, ...reason] of all(lines, 'lost')) {
    reaches.set(integer(number), { bytes: 0, detail: reason.join(' ') });
  }
  return {
    perl: all(lines, 'no-perl').length === 0,
    ipv6Off: saysIpv6Off(lines),
    mtu: new Map(
      all(lines, 'mtu').map(([name = '', mtu]) => [name, mtu === 'absent' ? undefined : integer(mtu)]),
    ),
    reaches,
    heard: new Map(all(lines, 'heard').map(([address = '', bytes]) => [address, integer(bytes)])),
  };
}

function waysFrom(context: GateContext<PatientParams>, node: string): readonly FamilyPair[] {
  return pairsFrom(context, node).flatMap(waysOf);
}

function fixFor(network: Network, { from, to }: Pair, bytes: number): string {
  const family6 = network.ranges.some(isIpv6);
  if (family6 && bytes < IPV6_LEAST) {
    return `find what drops larger packets between ${from} and ${to} (IPv6 needs ${IPV6_LEAST} inside the tunnel), or make network ${network.name} IPv4 only, with mtu: ${bytes}`;
  }
  return `set mtu: ${bytes} for network ${network.name} and apply, or find what drops larger packets between ${from} and ${to}: a link with a smaller MTU whose ICMP "packet too big" is dropped, or a firewall that drops fragments`;
}

function judge(
  context: GateContext<PatientParams>,
  way: FamilyPair,
  { mtu, reach, heard }: { readonly mtu: number | undefined; readonly reach: Reach; readonly heard: number },
): Finding {
  const { network, from, to } = way;
  const passed = Math.min(Math.max(reach.bytes, heard), mtu ?? 0);
  const finding = (go: boolean, text: string, fix?: string): Finding => ({
    go,
    node: from,
    peer: to,
    expected: inNetwork(
      context,
      network,
      `packets of ${mtu ?? network.mtu} bytes, unfragmented, to ${way.address}, the MTU of ${network.interface}`,
    ),
    seen: text,
    pair: { network: network.name, unit: 'bytes', ...(passed > 0 && { value: passed }) },
    ...(fix !== undefined && { fix }),
  });
  if (mtu === undefined) {
    return finding(false, `no interface ${network.interface}`, 'apply the phase that makes the tunnel');
  }
  if (reach.bytes >= mtu) return finding(true, `unfragmented, in ${reach.detail}`);
  if (heard >= mtu) return finding(true, `arrives unfragmented at ${to}; the answer is lost on the way back`);
  const bytes = Math.max(reach.bytes, heard);
  if (bytes === 0) {
    const reason = reach.detail === 'silence' ? '' : ` (${reach.detail})`;
    return finding(
      false,
      `no answer, not even to a small packet${reason}`,
      `check what the gates handshake and ping report for ${from} and ${to}`,
    );
  }
  return finding(false, `only ${bytes} bytes pass`, fixFor(network, way, bytes));
}

/** For every ordered pair, each way separately, the largest packet that passes unfragmented is the interface's MTU. */
export const pathMtu: GateKind<PatientParams, Seen> = {
  kind: 'path-mtu',
  schema: parameters(patientParameters),
  patience: 10,

  probe(context, node) {
    return {
      packets: pathMtuProgram(
        {
          targets: waysFrom(context, node.name).map(({ network, address }) => ({
            interface: network.interface,
            address,
          })),
          own: networksOn(context, node.name).flatMap((network) => addressesOf(network, node.name)),
          ipv6: ipv6Interfaces(context, node.name),
        },
        context,
      ),
      parse: fromLines((lines) => {
        const seen = parse(lines);
        const ways = waysFrom(context, node.name).length;
        if (seen.perl && seen.reaches.size !== ways)
          throw new GarbledReply(`expected ${ways} paths, got ${seen.reaches.size}`);
        return seen;
      }),
    };
  },

  verdict(context, readings) {
    const off = nodesWithoutIpv6(readings);
    const pairs: Finding[] = [];
    const others: Finding[] = [];
    for (const [node, { perl, mtu, reaches }] of readings.seen) {
      if (!perl) {
        others.push(noPerl(node));
        continue;
      }
      const ways = waysFrom(context, node);
      for (const [number, way] of ways.entries()) {
        const reach = reaches.get(number);
        if (reach === undefined) throw new TypeError('the reply was not checked');
        const heard = readings.seen.get(way.to)?.heard.get(way.source) ?? 0;
        const finding = judge(context, way, { mtu: mtu.get(way.network.interface), reach, heard });
        pairs.push(isIpv6(way.address) ? explainIpv6(context, finding, off) : finding);
      }
      if (ways.length > 0) continue;
      others.push(
        networksOn(context, node).length === 0
          ? notAMember(node)
          : { go: true, node, expected: 'nothing to measure', seen: 'no other member of its network' },
      );
    }
    return conclude(readings, [...others, ...pairs], () => {
      const whole = pairs.filter(({ go }) => go).length;
      return `${whole} of ${count(pairs.length, 'path')} as wide as the interface`;
    });
  },
};
