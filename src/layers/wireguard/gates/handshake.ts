import { count } from '../../../core/text.js';
import { hostPort } from '../../../model/address.js';
import type { Network } from '../../../model/inventory.js';
import { all, fromLines, integer, only } from '../../../remote/reply-lines.js';
import type { Script } from '../../../remote/script.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { amount } from '../../shared/amount.js';
import {
  type NetworkParams,
  networkParameter,
  parameters,
  type WithinParams,
  withinParameter,
} from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { publicKeyFact } from '../facts.js';
import { endpointFor } from '../overlay/endpoint.js';
import { peersOf } from '../overlay/peers.js';
import type { Peer } from '../overlay/types.js';
import { CLOCK_SLACK, clockBack, type Side } from './handshake/clock-back.js';
import { type AskedPeer, handshakeProbe } from './handshake/probe.js';
import { type InNetwork, inNetwork, networksOn, notAMember } from './shared/members.js';

export interface HandshakeParams extends NetworkParams, WithinParams {
  readonly maxAge?: number;
}

/** Seconds after which WireGuard discards a session, so that the next packet starts a new handshake. */
const SESSION_SECONDS = 180;

/** An ordered pair: the first has no session with the second, but the second still uses one with the first. */
interface DeadSession {
  readonly network: string;
  readonly without: string;
  readonly believer: string;
}

/** The peers that can be made to shake hands; clients may sleep, and connect when they wake up. */
function nodePeersOf(context: GateContext<HandshakeParams>, network: Network, node: string): readonly Peer[] {
  return peersOf(context.inventory, network, node).filter(({ client }) => !client);
}

const deadSessions = ({ recall }: GateContext<HandshakeParams>): readonly DeadSession[] =>
  (recall as readonly DeadSession[] | undefined) ?? [];

/**
 * Whether the node is the one to connect to a peer. If both send their first packet at once, each drops its own handshake in
 * favour of the other's, and neither tries again for five seconds.
 */
function isCaller(
  context: GateContext<HandshakeParams>,
  network: Network,
  node: string,
  peer: Peer,
): boolean {
  const dead = deadSessions(context).filter((one) => one.network === network.name);
  if (dead.some(({ without, believer }) => without === peer.node && believer === node)) return true;
  if (dead.some(({ without, believer }) => without === node && believer === peer.node)) return false;
  if (!context.measured.includes(peer.node)) return true;
  const back = endpointFor(context.inventory, network, peer.node, node);
  if (peer.endpoint === undefined || back === undefined) return peer.endpoint !== undefined;
  return node < peer.node;
}

function askedPeer(
  context: GateContext<HandshakeParams>,
  network: Network,
  node: string,
  peer: Peer,
): AskedPeer {
  const isDead = deadSessions(context).some(
    (one) => one.network === network.name && one.without === peer.node && one.believer === node,
  );
  const publicKey = context.facts.get(peer.node, publicKeyFact(network.interface));
  return {
    addresses: peer.addresses,
    first: isCaller(context, network, node, peer),
    ...(isDead && publicKey !== undefined && { dead: { interface: network.interface, publicKey } }),
  };
}

function probeAll(context: GateContext<HandshakeParams>, node: string): Script {
  const networks = networksOn(context, node);
  return handshakeProbe({
    networks,
    peers: networks.flatMap((network) =>
      nodePeersOf(context, network, node).map((peer) => askedPeer(context, network, node, peer)),
    ),
    leftOut: networks.flatMap((network) =>
      nodePeersOf(context, network, node)
        .filter((peer) => context.counts?.(node, peer.node) === false)
        .flatMap((peer) => context.facts.get(peer.node, publicKeyFact(network.interface)) ?? []),
    ),
    maxAge: context.params.maxAge ?? SESSION_SECONDS,
    patience: context.patience,
  });
}

/** What a node printed of one network. */
interface Shakes {
  /** Unix seconds, of the node's clock. */
  readonly clock: number;
  /** When the interface's config was written, in unix seconds. */
  readonly changed: number;
  /** Unix seconds by public key; 0 if there was none. */
  readonly shakes: ReadonlyMap<string, number>;
  /** Public keys of peers whose packets arrived while the gate waited. */
  readonly heard: ReadonlySet<string>;
}

function sideOf(
  { facts }: GateContext<HandshakeParams>,
  network: Network,
  [node, peer]: readonly [node: string, peer: string],
  { clock, shakes }: Shakes,
): Side {
  const key = facts.get(peer, publicKeyFact(network.interface)) ?? '';
  return { node, clock, shaken: shakes.get(key) ?? 0 };
}

/** The side of a pair whose clock went backwards, so that the other refuses it; undefined if neither did. */
function clockWentBack(
  context: GateContext<HandshakeParams>,
  network: Network,
  [node, peer]: readonly [node: string, peer: string],
  [seen, seenThere]: readonly [Shakes, Shakes | undefined],
) {
  const here = sideOf(context, network, [node, peer], seen);
  const there = seenThere && sideOf(context, network, [peer, node], seenThere);
  const addressOf = (name: string): string | undefined =>
    network.members.find((member) => member.node === name)?.addresses[0];
  return clockBack(here, there, peer, addressOf) ?? (there && clockBack(there, here, node, addressOf));
}

function judge(
  context: GateContext<HandshakeParams>,
  network: Network,
  node: string,
  { node: peer, endpoint }: Peer,
  seen: Shakes,
  seenThere: Shakes | undefined,
): Finding {
  const maxAge = context.params.maxAge ?? SESSION_SECONDS;
  const unmeasured = { network: network.name, unit: 's ago' } as const;
  const base = {
    node,
    peer,
    expected: inNetwork(context, network, `a handshake in the last ${maxAge} s`),
    pair: unmeasured,
  };
  const key = context.facts.get(peer, publicKeyFact(network.interface));
  if (key === undefined) {
    const fix = `apply the phase that makes the keys, including ${peer}`;
    return { ...base, go: false, seen: `the public key of ${peer} is unknown`, fix };
  }
  const time = seen.shakes.get(key);
  if (time === undefined) {
    return {
      ...base,
      go: false,
      seen: `${peer} is not a peer of ${network.interface}`,
      fix: 'check the gate peers: apply the phase that makes the tunnel',
    };
  }
  const age = Math.max(0, seen.clock - time);
  const pair = { ...unmeasured, ...(time > 0 && { value: age }) };
  const isFresh = time > 0 && age <= maxAge && time - seen.clock <= CLOCK_SLACK;
  const since = Math.max(0, seen.clock - seen.changed);
  if (isFresh && time >= seen.changed) return { ...base, pair, go: true, seen: `${age} s ago` };
  if (isFresh && seen.heard.has(key)) {
    return { ...base, pair, go: true, seen: `${age} s ago, and received since the change ${since} s ago` };
  }
  const way =
    endpoint === undefined
      ? `${node} has no endpoint for ${peer}, which must connect: check its handshake with ${node}`
      : `check the gates endpoints and peers: UDP to ${hostPort(endpoint.address, endpoint.port)} must reach ${peer}, and each must have the other's key`;
  const back = clockWentBack(context, network, [node, peer], [seen, seenThere]);
  if (back !== undefined) {
    return {
      ...base,
      pair,
      go: false,
      seen: back.seen,
      fix: back.certain ? back.fix : `${back.fix}; otherwise ${way}`,
    };
  }
  if (time === 0) return { ...base, pair, go: false, seen: 'none yet', fix: way };
  const unheard = isFresh ? `, before the change ${since} s ago, and nothing was received since` : '';
  return { ...base, pair, go: false, seen: `the last one ${age} s ago${unheard}`, fix: way };
}

/** A client's handshake is reported, but not required. */
function clientFindings(
  context: GateContext<HandshakeParams>,
  network: Network,
  node: string,
  seen: Shakes,
): readonly Finding[] {
  return peersOf(context.inventory, network, node).flatMap(({ node: client, publicKey }): Finding[] => {
    if (publicKey === undefined) return [];
    const time = seen.shakes.get(publicKey) ?? 0;
    const ahead = time - seen.clock;
    const ago =
      ahead > CLOCK_SLACK
        ? `${amount(ahead)} in the future of ${node}, whose clock went backwards`
        : `${Math.max(0, -ahead)} s ago`;
    const text = time > 0 ? ago : 'not connected yet';
    return [{ go: true, node, peer: client, expected: 'the client connects when it wants to', seen: text }];
  });
}

/**
 * A restarted node has no sessions, while its peers use theirs until a packet has gone unanswered for 15 seconds. When the
 * gate is measured again, those peers renew them.
 */
function deadIn(
  context: GateContext<HandshakeParams>,
  findings: readonly { readonly network: string; readonly finding: Finding; readonly shaken: boolean }[],
): readonly DeadSession[] {
  const measured = new Set(context.measured);
  const pair = (network: string, from: string, to = ''): string => [network, from, to].join('\n');
  const believers = new Set(
    findings
      .filter(({ shaken }) => shaken)
      .map(({ network, finding: { node, peer } }) => pair(network, node, peer)),
  );
  return findings.flatMap(({ network, finding: { node, peer }, shaken }) => {
    if (shaken || peer === undefined || !measured.has(peer)) return [];
    return believers.has(pair(network, peer, node)) ? [{ network, without: node, believer: peer }] : [];
  });
}

/** Every direct peer has shaken hands recently; if not, a packet is sent to make it. */
export const handshake: GateKind<HandshakeParams, readonly InNetwork<Shakes>[]> = {
  kind: 'handshake',
  readsKeys: true,
  schema: parameters({
    ...networkParameter,
    ...withinParameter,
    maxAge: {
      type: 'integer',
      minimum: SESSION_SECONDS,
      description: 'Seconds; WireGuard does not renew sessions younger than 180',
    },
  }),
  patience: 15,
  settling: 4,

  probe(context, node) {
    return {
      script: probeAll(context, node.name),
      parse: fromLines((lines) => {
        const of = (word: string, number: number): readonly (readonly string[])[] =>
          all(lines, word)
            .filter(([index]) => integer(index) === number)
            .map((words) => words.slice(1));
        return networksOn(context, node.name).map((network, number) => ({
          network,
          seen: {
            clock: integer(only(lines, 'clock')[0]),
            changed: integer(of('changed', number)[0]?.[0] ?? '0'),
            shakes: new Map(of('shake', number).map(([key = '', time]) => [key, integer(time)])),
            heard: new Set(of('heard', number).map(([key = '']) => key)),
          },
        }));
      }),
    };
  },

  verdict(context, readings) {
    const demanded: { network: string; finding: Finding; shaken: boolean }[] = [];
    const findings = [...readings.seen].flatMap(([node, networks]): readonly Finding[] => {
      if (networks.length === 0) return [notAMember(node)];
      const pairs = networks.flatMap(({ network, seen }) =>
        nodePeersOf(context, network, node).map((peer) => {
          const there = readings.seen.get(peer.node)?.find((one) => one.network === network)?.seen;
          const finding = judge(context, network, node, peer, seen, there);
          const key = context.facts.get(peer.node, publicKeyFact(network.interface)) ?? '';
          const shaken = (seen.shakes.get(key) ?? 0) > 0;
          demanded.push({ network: network.name, finding, shaken });
          return finding;
        }),
      );
      const clients = networks.flatMap(({ network, seen }) => clientFindings(context, network, node, seen));
      if (pairs.length + clients.length > 0) return [...pairs, ...clients];
      return [{ go: true, node, expected: 'no direct peer', seen: 'none' }];
    });
    const verdict = conclude(readings, findings, () => {
      const fresh = demanded.filter(({ finding }) => finding.go).length;
      return `${fresh} of ${count(demanded.length, 'handshake')} fresh`;
    });
    return { ...verdict, recall: deadIn(context, demanded) };
  },
};
