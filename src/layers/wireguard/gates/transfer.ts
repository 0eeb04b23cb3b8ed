import { count } from '../../../core/text.js';
import { transferProgram } from '../../../packets/programs/transfer-program.js';
import { all, fromLines, GarbledReply, integer, type Lines } from '../../../remote/reply-lines.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { noPerl, saysIpv6Off } from '../../shared/packet-answers.js';
import { type PatientParams, parameters, patientParameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { explainIpv6, ipv6Fix, ipv6Interfaces, nodesWithoutIpv6 } from './shared/ipv6.js';
import { addressesOf, inNetwork, isIpv6, networksOn, notAMember } from './shared/members.js';
import {
  bothMeasured,
  type FamilyPair,
  leftOut,
  orderedPairs,
  type Pair,
  pairsFrom,
  pairsTo,
  waysOf,
} from './shared/pairs.js';
import { transferPort } from './shared/transfer-port.js';

export interface TransferParams extends PatientParams {
  readonly bytes?: number;
}

const DEFAULT_BYTES = 4096;

interface Outcome {
  readonly moved: boolean;
  readonly connected: boolean;
  readonly detail: string;
  /** From the connection to the receiver's answer. */
  readonly ms?: number;
}

interface Seen {
  readonly perl: boolean;
  readonly ipv6Off: boolean;
  /** By number of the node's outgoing way: `moved`, or how far it got. */
  readonly outcomes: ReadonlyMap<number, Outcome>;
  /** Bytes by number of the node's incoming way. */
  readonly arrived: ReadonlyMap<number, number>;
  /** Addresses that could not be listened on, with the reason. */
  readonly refused: readonly { readonly address: string; readonly reason: string }[];
}

/** A way with its numbers in the sender's and in the receiver's list. */
interface NumberedWay extends FamilyPair {
  readonly sending: number;
  readonly receiving: number;
}

function insideWays(context: GateContext<TransferParams>, pairs: readonly Pair[]): readonly FamilyPair[] {
  return bothMeasured(context, pairs).inside.flatMap(waysOf);
}

function numbered(ways: readonly FamilyPair[]): readonly NumberedWay[] {
  const sent = new Map<string, number>();
  const received = new Map<string, number>();
  return ways.map((way) => {
    const sending = sent.get(way.from) ?? 0;
    const receiving = received.get(way.to) ?? 0;
    sent.set(way.from, sending + 1);
    received.set(way.to, receiving + 1);
    return { ...way, sending, receiving };
  });
}

function parse(lines: Lines): Seen {
  const outcomes: Map<number, Outcome> = new Map();
  for (const [number, ms] of all(lines, 'moved'))
    outcomes.set(integer(number), { moved: true, connected: true, detail: '', ms: Number(ms) });
  for (const [number, got] of all(lines, 'spoiled')) {
    outcomes.set(integer(number), {
      moved: false,
      connected: true,
      detail: `${got} bytes arrived corrupted`,
    });
  }
  for (const [number, how, ...detail] of all(lines, 'stuck')) {
    outcomes.set(integer(number), { moved: false, connected: how === 'connected', detail: detail.join(' ') });
  }
  return {
    perl: all(lines, 'no-perl').length === 0,
    ipv6Off: saysIpv6Off(lines),
    outcomes,
    arrived: new Map(all(lines, 'arrived').map(([number, bytes]) => [integer(number), integer(bytes)])),
    refused: all(lines, 'refused').map(([address = '', port, ...reason]) => ({
      address,
      reason:
        reason[0] === 'in-use' ? `port ${port} on ${address} is in use` : `${address}: ${reason.join(' ')}`,
    })),
  };
}

function judge(
  context: GateContext<TransferParams>,
  way: NumberedWay,
  seen: ReadonlyMap<string, Seen>,
): Finding {
  const { network, from, to, address } = way;
  const bytes = context.params.bytes ?? DEFAULT_BYTES;
  const base = {
    node: from,
    peer: to,
    expected: inNetwork(context, network, `${bytes} bytes to ${address} by TCP`),
    pair: { network: network.name, unit: 'ms' } as const,
  };
  const outcome = seen.get(from)?.outcomes.get(way.sending);
  if (outcome?.moved) {
    const { ms } = outcome;
    const pair = { ...base.pair, ...(ms !== undefined && { value: ms }) };
    return { ...base, go: true, seen: `all ${bytes} arrived`, pair };
  }
  const arrived = seen.get(to)?.arrived.get(way.receiving) ?? 0;
  if (outcome === undefined || !seen.has(to)) {
    const lost = outcome === undefined ? from : to;
    return { ...base, go: false, seen: `${lost} could not be measured`, fix: `fix ${lost} first` };
  }
  if (!outcome.connected) {
    return {
      ...base,
      go: false,
      seen: `no connection (${outcome.detail})`,
      fix: `if the gate ping is GO for this pair, allow TCP on ${network.interface} in the firewall of ${to}; if not, fix that first`,
    };
  }
  return {
    ...base,
    go: false,
    seen: `connected, then ${arrived} of ${bytes} bytes (${outcome.detail})`,
    fix: `packets larger than the path's MTU are likely lost between ${from} and ${to}: lower the mtu of network ${network.name} (now ${network.mtu})`,
  };
}

/** TCP moves real bytes over every ordered pair, in each family that both nodes have. */
export const transfer: GateKind<TransferParams, Seen> = {
  kind: 'transfer',
  schema: parameters({
    ...patientParameters,
    bytes: {
      type: 'integer',
      minimum: 1,
      maximum: 100_000_000,
      description: 'Bytes for each pair; default 4096.',
    },
  }),
  patience: 20,

  probe(context, node) {
    const sending = insideWays(context, pairsFrom(context, node.name));
    const receiving = insideWays(context, pairsTo(context, node.name));
    return {
      packets: transferProgram(
        {
          listen: networksOn(context, node.name).flatMap((network) => addressesOf(network, node.name)),
          send: sending.map(({ address }) => address),
          serve: receiving.map(({ source }) => source),
          port: transferPort(context.token, context.lane),
          bytes: context.params.bytes ?? DEFAULT_BYTES,
          ipv6: ipv6Interfaces(context, node.name),
        },
        context,
      ),
      parse: fromLines((lines) => {
        const seen = parse(lines);
        const own = insideWays(context, pairsFrom(context, node.name)).length;
        if (seen.perl && seen.outcomes.size !== own)
          throw new GarbledReply(`expected ${own} outcomes, got ${seen.outcomes.size}`);
        return seen;
      }),
    };
  },

  verdict(context, readings) {
    const every = orderedPairs(context);
    const { outside } = bothMeasured(context, every);
    const ways = numbered(insideWays(context, every));
    const off = nodesWithoutIpv6(readings);
    const pairs = ways.map((way) => {
      const finding = judge(context, way, readings.seen);
      return isIpv6(way.address) ? explainIpv6(context, finding, off) : finding;
    });
    const measured = new Set(pairs.map(({ node }) => node));
    const others = [...readings.seen].flatMap(([node, { perl, ipv6Off, refused }]): Finding[] => {
      if (!perl) return [noPerl(node)];
      if (refused.length > 0) {
        const fix =
          'run the gate again: each run takes another port; if it persists, check that the interface has its address';
        return refused.map(({ address, reason }) => {
          const base = { go: false, node, expected: `to listen on ${address}` };
          return ipv6Off && isIpv6(address)
            ? { ...base, seen: `IPv6 is off on ${node}`, fix: ipv6Fix([node], networksOn(context, node)) }
            : { ...base, seen: reason, fix };
        });
      }
      if (networksOn(context, node).length === 0) return [notAMember(node)];
      if (measured.has(node)) return [];
      const reason = outside.some(({ from }) => from === node)
        ? 'its peers were left out'
        : 'the only member of its network';
      return [{ go: true, node, expected: 'nothing to move', seen: reason }];
    });
    return conclude(readings, [...others, ...pairs], () => {
      const moved = pairs.filter(({ go }) => go).length;
      return `${moved} of ${count(pairs.length, 'transfer')} complete${leftOut(outside)}`;
    });
  },
};
