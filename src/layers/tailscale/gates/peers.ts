import { count } from '../../../core/text.js';
import { quote } from '../../../remote/quote.js';
import { all, integer } from '../../../remote/reply-lines.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { pollFunction } from '../../shared/poll/poll.js';
import { parameters, type WithinParams, withinParameter } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { tailnetAddresses } from '../facts.js';
import type { SeenStatus } from '../live/status.js';
import { membershipIn, notInTailnet, notUp, type WithStatus, withStatus } from './members.js';
import peersScript from './peers.sh';

/** How packets get to a peer. */
interface Way {
  /** Milliseconds of a ping between the kernels; undefined if it was lost. */
  readonly took?: number;
  /** `203.0.113.9:41641`, `DERP(fra)`; undefined if not even tailscaled answers. */
  readonly via?: string;
}

interface Ways {
  readonly byPeer: ReadonlyMap<string, Way>;
  /** Whether UDP leaves the node's network, and whether its router gives each target another port; undefined if not asked. */
  readonly udp?: boolean;
  readonly hardNat?: boolean;
}

type Context = GateContext<WithinParams>;
type Seen = WithStatus<Ways>;

interface Target {
  readonly peer: string;
  readonly address: string | undefined;
}

function targetsOf(context: Context, node: string): readonly Target[] {
  const members = membershipIn(context, node)?.tailnet.members ?? [];
  return members
    .map((member) => member.node)
    .filter((peer) => peer !== node && context.counts?.(node, peer) !== false)
    .map((peer) => ({ peer, address: tailnetAddresses(context.facts, peer)[0] }));
}

function scriptFor(context: Context, node: string): string {
  const lines = targetsOf(context, node).flatMap(({ address }, index) =>
    address === undefined ? [] : [`${index} ${address}`],
  );
  return `${pollFunction(context.patience)}peers=${quote(lines.join('\n'))}\n${peersScript}`;
}

interface Pair {
  readonly node: string;
  readonly target: Target;
  readonly way: Way | undefined;
  readonly ways: Ways;
  readonly status: SeenStatus;
  /** On which the members await each other. */
  readonly port: number;
}

/** Why packets take the way by a relay. */
function whyRelayed({ node, target: { peer }, ways, port }: Pair): readonly [string, string] {
  if (ways.udp === false)
    return [
      `no UDP leaves ${node}'s network`,
      `let UDP out of the network of ${node}, and port ${port}/udp in`,
    ];
  if (ways.hardNat === true)
    return [
      `the router of ${node} gives each target another port`,
      `forward ${port}/udp to ${node} on its router`,
    ];
  return [
    `neither finds a direct way to the other`,
    `open or forward ${port}/udp at ${node} or ${peer}; \`tailscale netcheck\` on both says what is closed`,
  ];
}

function judgePair(pair: Pair): Finding {
  const { node, target, way, status } = pair;
  const { peer, address } = target;
  const base = {
    node,
    peer,
    expected: `answers ping in the tailnet${address === undefined ? '' : ` at ${address}`}`,
  };
  if (address === undefined) {
    return {
      ...base,
      go: false,
      seen: `${peer} has no address in the tailnet`,
      fix: `run apply for ${peer}`,
    };
  }
  const listed = status.peers.find(({ addresses }) => addresses.includes(address));
  const relay = /^DERP\((.*)\)$/.exec(way?.via ?? '')?.[1];
  if (way?.took === undefined) {
    const [seen, fix] = lost(pair, listed?.online);
    return { ...base, go: false, seen, fix };
  }
  if (relay === undefined)
    return {
      ...base,
      go: true,
      seen: `${way.took} ms, directly${way.via === undefined ? '' : ` to ${way.via}`}`,
    };
  const [why, fix] = whyRelayed(pair);
  return { ...base, go: true, noted: true, seen: `${way.took} ms by relay ${relay}: ${why}`, fix };
}

/** What an unanswered ping means, by what else is known of the peer. */
function lost({ node, target: { peer }, way }: Pair, online: boolean | undefined): readonly [string, string] {
  if (online === undefined) {
    return [
      `no answer: the login server doesn't show ${peer} to ${node}`,
      `let ${node} reach ${peer} in the tailnet's policy (ACL), or look whether ${peer} was removed there`,
    ];
  }
  if (way?.via !== undefined) {
    return [
      `no answer, but tailscaled of ${peer} answers (${way.via})`,
      `let ${node} reach ${peer} in the tailnet's policy (ACL), and ICMP in the firewall of ${peer}`,
    ];
  }
  if (!online)
    return [
      `no answer: ${peer} is not connected to the login server`,
      `look at \`tailscale status\` on ${peer}`,
    ];
  return [
    `no answer, though ${peer} is online`,
    'check that both reach a relay (DERP) of the login server: `tailscale netcheck`',
  ];
}

/** Tags that the node was to have, and the login server hasn't given it. */
function missingTags(context: Context, node: string, status: SeenStatus): Finding[] {
  const wanted = membershipIn(context, node)?.tailnet.tags ?? [];
  const missing = wanted.filter((tag) => status.self?.tags.includes(tag) !== true);
  if (missing.length === 0) return [];
  return [
    {
      go: false,
      node,
      expected: `tags ${wanted.join(', ')}`,
      seen: `without ${missing.join(', ')}`,
      fix: "name them in the policy's tagOwners, or give the node a key with these tags and run apply",
    },
  ];
}

/** Every member answers a ping from every other over the tailnet: being online proves nothing. */
export const tailscalePeers: GateKind<WithinParams, Seen> = {
  kind: 'tailscale-peers',
  schema: parameters(withinParameter),
  patience: 30,
  settling: 10,

  concerns: ({ tailnets = [] }) => tailnets.length > 0,

  probe: (context, node) =>
    withStatus(scriptFor(context, node.name), (lines): Ways => {
      const targets = targetsOf(context, node.name);
      const byPeer = new Map(
        all(lines, 'peer').map(([number, took = '', via = '']) => [
          targets[integer(number)]?.peer ?? '',
          { ...(took !== 'lost' && { took: Number(took) }), ...(via !== 'none' && { via }) },
        ]),
      );
      const netcheck = new Map(all(lines, 'netcheck').map(([key = '', value]) => [key, value === 'true']));
      const udp = netcheck.get('UDP');
      const hardNat = netcheck.get('MappingVariesByDestIP');
      return { byPeer, ...(udp !== undefined && { udp }), ...(hardNat !== undefined && { hardNat }) };
    }),

  verdict(context, readings) {
    const findings = [...readings.seen].flatMap(([node, { status, measured: ways }]): Finding[] => {
      const membership = membershipIn(context, node);
      if (membership === undefined) return [notInTailnet(node)];
      const down = notUp(node, status);
      if (down !== undefined || status === undefined) return down === undefined ? [] : [down];
      const { port } = membership.tailnet;
      const targets = targetsOf(context, node);
      const pairs = targets.map((target) =>
        judgePair({ node, target, way: ways.byPeer.get(target.peer), ways, status, port }),
      );
      const own = [...missingTags(context, node, status), ...pairs];
      return own.length > 0 ? own : [{ go: true, node, expected: 'in the tailnet', seen: 'no other member' }];
    });
    const pairs = findings.filter(({ peer }) => peer !== undefined);
    return conclude(readings, findings, () => {
      const answering = pairs.filter(({ go }) => go);
      const relayed = answering.filter(({ noted }) => noted === true).length;
      const by = relayed === 0 ? '' : `, ${relayed} by relay`;
      return `${answering.length} of ${count(pairs.length, 'pair')} answer in the tailnet${by}`;
    });
  },
};
