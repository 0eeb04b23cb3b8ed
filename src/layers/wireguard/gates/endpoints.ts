import { count } from '../../../core/text.js';
import { parseRules, type Rules } from '../../../facts/firewall/read.js';
import { hostPort } from '../../../model/address.js';
import { atlasOf } from '../../../model/atlas.js';
import type { Inventory } from '../../../model/inventory.js';
import { endpointsProgram } from '../../../packets/programs/endpoints-program.js';
import { all, fromLines, integer, type Lines } from '../../../remote/reply-lines.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { noPerl, saysIpv6Off } from '../../shared/packet-answers.js';
import { type PatientParams, parameters, patientParameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { explainIpv6, nodesWithoutIpv6 } from './shared/ipv6.js';
import { inNetwork, isIpv6, networksOn, notAMember } from './shared/members.js';
import {
  bothMeasured,
  type EndpointPair,
  leftOut,
  orderedPairs,
  pairsFrom,
  pairsTo,
  withEndpoints,
} from './shared/pairs.js';
import { whySilent } from './shared/why-silent.js';

export type EndpointsParams = PatientParams & { readonly listening?: boolean };

const listeningParameter = {
  listening: {
    type: 'boolean',
    description:
      'Whether WireGuard must listen there; default true. false measures only the path, before there is a tunnel.',
  },
} as const;

interface Stray {
  readonly source: string;
  /** Whom the datagram was for. */
  readonly meant: string;
  readonly port: number;
}

interface Seen {
  readonly perl: boolean;
  readonly ipv6Off: boolean;
  /** `NETWORK PEER` of those heard here. */
  readonly heard: ReadonlySet<string>;
  /** `NETWORK PEER` to the address from which it was heard. */
  readonly sources: ReadonlyMap<string, string>;
  /** Its own firewall, only read if something was not heard. */
  readonly tables: Rules;
  /** Networks whose port nothing listens on here. */
  readonly unheld: ReadonlySet<string>;
  /** `NETWORK PEER` to the number of datagrams and the outcome. */
  readonly sent: ReadonlyMap<string, { readonly times: number; readonly outcome: string }>;
  /** `NETWORK SOURCE MEANT` to a datagram that arrived here but was meant for another node or port. */
  readonly strays: ReadonlyMap<string, Stray>;
}

function parse(lines: Lines): Seen {
  return {
    perl: all(lines, 'no-perl').length === 0,
    ipv6Off: saysIpv6Off(lines),
    sources: new Map(
      all(lines, 'heard').flatMap(([network, peer, address]) =>
        address === undefined ? [] : [[`${network} ${peer}`, address] as const],
      ),
    ),
    tables: parseRules(lines),
    heard: new Set(all(lines, 'heard').map(([network, peer]) => `${network} ${peer}`)),
    unheld: new Set(all(lines, 'unheld').map(([network = '']) => network)),
    sent: new Map(
      all(lines, 'sent').map(([network, peer, times, ...outcome]) => [
        `${network} ${peer}`,
        { times: integer(times), outcome: outcome.join(' ') },
      ]),
    ),
    strays: new Map(
      all(lines, 'stray').map(([network, source = '', meant = '', port]) => [
        `${network} ${source} ${meant}`,
        { source, meant, port: integer(port) },
      ]),
    ),
  };
}

function lanAddressOf(inventory: Inventory, node: string): string | undefined {
  return atlasOf(inventory).nodes.get(node)?.lanAddresses[0];
}

function fixFor(
  context: GateContext<EndpointsParams>,
  { network, from, to, endpoint }: EndpointPair,
): string {
  const asked = hostPort(endpoint.address, endpoint.port);
  const { inventory } = context;
  if (endpoint.via === 'forward') {
    const site = endpoint.site ?? `of ${to}`;
    const lan = lanAddressOf(inventory, to);
    const target = lan === undefined ? `port ${network.port}` : hostPort(lan, network.port);
    return `forward UDP ${asked} to ${to} (${target}) on the router of site ${site}`;
  }
  const owner = endpoint.via === 'lan' ? 'LAN' : 'public';
  return `open UDP port ${network.port} in the firewall of ${to}, and check that ${endpoint.address} is its ${owner} address and that ${from} may send there`;
}

function judge(
  context: GateContext<EndpointsParams>,
  pair: EndpointPair,
  seen: ReadonlyMap<string, Seen>,
): Finding {
  const { network, from, to, endpoint } = pair;
  const asked = hostPort(endpoint.address, endpoint.port);
  const expected = inNetwork(context, network, `UDP to ${asked} arrives at ${to}:${network.port}`);
  const target = seen.get(to);
  if (target?.heard.has(`${network.name} ${from}`)) {
    if (context.params.listening !== false && target.unheld.has(network.name)) {
      const found = `it arrives at ${to}, where nothing listens on UDP port ${network.port}`;
      const mend = `check what the gate listener reports for ${to}, and apply the phase that makes the tunnel`;
      return { go: false, node: from, peer: to, expected, seen: found, fix: mend };
    }
    return { go: true, node: from, peer: to, expected, seen: `${to} heard ${from}` };
  }
  const why = whySilent(context.inventory, pair, seen);
  const usual = fixFor(context, pair);
  const fix = why?.certain ? why.fix : usual;
  const elsewhere = [...seen].flatMap(([node, { strays }]) => {
    const stray = strays.get(`${network.name} ${from} ${to}`);
    return stray === undefined ? [] : [`${node}:${stray.port}`];
  });
  if (elsewhere.length > 0) {
    return { go: false, node: from, peer: to, expected, seen: `it arrived at ${elsewhere.join(', ')}`, fix };
  }
  const sent = seen.get(from)?.sent.get(`${network.name} ${to}`);
  const outcome =
    sent === undefined
      ? `${from} could not be measured`
      : `${to} received none of ${count(sent.times, 'datagram')}${sent.outcome === 'silence' ? '' : ` (${sent.outcome})`}`;
  return {
    go: false,
    node: from,
    peer: to,
    expected,
    seen:
      target === undefined
        ? `${to} could not be measured`
        : `${outcome}${why === undefined ? '' : `; ${why.seen}`}`,
    fix: why === undefined || why.certain ? fix : `${usual}; or, if its firewall is the cause: ${why.fix}`,
  };
}

/** The two-sided proof that every configured Endpoint leads to its node, independent of a router's memory of older flows. */
export const endpoints: GateKind<EndpointsParams, Seen> = {
  kind: 'endpoints',
  schema: parameters({ ...patientParameters, ...listeningParameter }),
  patience: 10,

  probe(context, node) {
    const sends = withEndpoints(context, bothMeasured(context, pairsFrom(context, node.name)).inside);
    const expected = withEndpoints(context, bothMeasured(context, pairsTo(context, node.name)).inside);
    return {
      packets: endpointsProgram(
        {
          self: node.name,
          // For any interface: `all` is what counts, and lo follows it.
          ipv6: [...sends, ...expected].some(({ endpoint }) => isIpv6(endpoint.address)) ? ['lo'] : [],
          ports: networksOn(context, node.name).map(({ name, port }) => ({ network: name, port })),
          sends: sends.map(({ network, to, endpoint: { address, port } }) => ({
            network: network.name,
            peer: to,
            address,
            port,
          })),
          expected: expected.map(({ network, from }) => ({ network: network.name, peer: from })),
        },
        context,
      ),
      parse: fromLines(parse),
    };
  },

  verdict(context, readings) {
    const { inside, outside } = bothMeasured(context, withEndpoints(context, orderedPairs(context)));
    const off = nodesWithoutIpv6(readings);
    const pairs = inside.map((pair) => {
      const finding = judge(context, pair, readings.seen);
      return isIpv6(pair.endpoint.address) ? explainIpv6(context, finding, off) : finding;
    });
    const found = new Set(pairs.map(({ node }) => node));
    const others = [...readings.seen].flatMap(([node, { perl }]): Finding[] => {
      if (!perl) return [noPerl(node)];
      if (networksOn(context, node).length === 0) return [notAMember(node)];
      if (found.has(node)) return [];
      const skipped = outside.some(({ from }) => from === node);
      const reason = skipped ? 'its peers were left out' : 'it has no endpoint for any peer';
      return [{ go: true, node, expected: 'nothing to ask', seen: reason }];
    });
    return conclude(readings, [...others, ...pairs], () => {
      const reached = pairs.filter(({ go }) => go).length;
      return `${reached} of ${count(pairs.length, 'endpoint')} ${pairs.length === 1 ? 'leads to its node' : 'lead to their nodes'}${leftOut(outside)}`;
    });
  },
};
