import type { Network } from '../inventory/types.js';
import { endpointFor, hostPort, peersOf } from '../network/index.js';
import type { Peer } from '../network/types.js';
import { command, quote } from '../remote/quote.js';
import { publicKeyFact } from '../steps/types.js';
import { inNetwork, networksOn, notAMember } from './shared/members.js';
import { pollFunction } from './shared/poll.js';
import { all, conclude, count, END_LINE, integer, only, readReplies } from './shared/reply.js';
import {
  type NetworkParams,
  networkParameter,
  parameters,
  type WithinParams,
  withinParameter,
} from './shared/schema.js';
import type { Finding, GateContext, GateKind } from './types.js';

export interface HandshakeParams extends NetworkParams, WithinParams {
  readonly maxAge?: number;
}

/** Seconds after which WireGuard itself throws a session away: a packet then brings a new handshake. */
const SESSION_SECONDS = 180;

/** Sends one UDP datagram to the discard port of every address given, which makes WireGuard shake hands where it must. */
const NUDGE = `nudge() {
perl -MSocket=:DEFAULT,inet_pton,pack_sockaddr_in6 -e 'for (@ARGV) {
my $six = /:/;
socket(my $udp, $six ? AF_INET6 : AF_INET, SOCK_DGRAM, 0) or next;
send($udp, "bridgehead", 0, $six ? pack_sockaddr_in6(9, inet_pton(AF_INET6, $_)) : pack_sockaddr_in(9, inet_aton($_)));
}' -- "$@" 2>/dev/null && return
started=0
for address in "$@"; do
ping -c 1 -W 1 "$address" >/dev/null 2>&1 &
started=$((started + 1))
[ $((started % 32)) != 0 ] || wait
done
wait
}
`;

function look(network: Network, number: number, maxAge: number): string {
  const clients = network.clients.flatMap(({ publicKey }) => publicKey ?? []).map(quote);
  const asleep = clients.length === 0 ? '' : `case $key in ${clients.join(' | ')}) continue ;; esac\n`;
  return `shakes=$(wg show ${quote(network.interface)} latest-handshakes 2>/dev/null) || shakes=
while read -r key time; do
[ -n "$key" ] || continue
report="$report
shake ${number} $key $time"
${asleep}[ $((clock - time)) -le ${maxAge} ] || stale=yes
done <<BRIDGEHEAD_SHAKES
$shakes
BRIDGEHEAD_SHAKES`;
}

/** Rounds of waiting, about a second together, after which those call too who leave it to their peers. */
const LEAVE_IT = 7;

/** The peers that can be asked for a handshake: clients sleep, and call when they wake. */
function nodePeersOf(context: GateContext<HandshakeParams>, network: Network, node: string): readonly Peer[] {
  return peersOf(context.inventory, network, node).filter(({ client }) => !client);
}

/**
 * The peers that it is the node's part to call, by name. Where both send their first packet at once, each throws away its
 * own handshake for the other's, and neither tries again for five seconds.
 */
function calledBy(
  context: GateContext<HandshakeParams>,
  network: Network,
  node: string,
  peers: readonly Peer[],
): ReadonlySet<string> {
  const measured = new Set(context.measured);
  const places = new Map(network.members.map((member, place) => [member.node, place]));
  const place = (name: string): number => places.get(name) ?? 0;
  const called = peers.filter((peer) => {
    if (!measured.has(peer.node)) return true;
    const back = endpointFor(context.inventory, network, peer.node, node);
    if (peer.endpoint === undefined || back === undefined) return peer.endpoint !== undefined;
    return place(node) < place(peer.node);
  });
  return new Set(called.map((peer) => peer.node));
}

function probeAll(context: GateContext<HandshakeParams>, node: string): string {
  const networks = networksOn(context, node);
  const maxAge = context.params.maxAge ?? SESSION_SECONDS;
  const peers = networks.flatMap((network) => {
    const own = nodePeersOf(context, network, node);
    const called = calledBy(context, network, node, own);
    return own.map((peer) => ({ addresses: peer.addresses, first: called.has(peer.node) }));
  });
  const nudge = (chosen: typeof peers): string => {
    const addresses = chosen.flatMap((peer) => peer.addresses);
    return addresses.length > 0 ? command('nudge', ...addresses) : ':';
  };
  return `${pollFunction(context.patience)}${NUDGE}round=0
while :; do
clock=$(date +%s) stale=no report=
${networks.map((network, number) => look(network, number, maxAge)).join('\n')}
[ "$stale" = yes ] || break
round=$((round + 1))
if [ "$round" -le ${LEAVE_IT} ]; then ${nudge(peers.filter(({ first }) => first))}
else ${nudge(peers)}
fi
[ "$round" != 1 ] || { sleep 0.05 2>/dev/null; continue; }
again || break
done
echo "clock $clock$report"
echo ${END_LINE}
`;
}

function judge(
  context: GateContext<HandshakeParams>,
  network: Network,
  node: string,
  { node: peer, endpoint }: Peer,
  seen: { readonly clock: number; readonly shakes: ReadonlyMap<string, number> },
): Finding {
  const maxAge = context.params.maxAge ?? SESSION_SECONDS;
  const base = { node, peer, expected: inNetwork(context, network, `a handshake in the last ${maxAge} s`) };
  const key = context.facts.get(peer, publicKeyFact(network.interface));
  if (key === undefined) {
    const fix = `apply the phase that makes the keys, ${peer} included`;
    return { ...base, go: false, seen: `the public key of ${peer} is not known`, fix };
  }
  const time = seen.shakes.get(key);
  if (time === undefined) {
    return {
      ...base,
      go: false,
      seen: `${peer} is no peer of ${network.interface}`,
      fix: 'see the gate peers: apply the phase that makes the tunnel',
    };
  }
  const age = Math.max(0, seen.clock - time);
  if (time > 0 && age <= maxAge) return { ...base, go: true, seen: `${age} s ago` };
  const way =
    endpoint === undefined
      ? `${node} has no endpoint for ${peer}, which must call: see its handshake with ${node}`
      : `see the gates endpoints and peers: UDP to ${hostPort(endpoint.address, endpoint.port)} must reach ${peer}, and each must hold the other's key`;
  return { ...base, go: false, seen: time === 0 ? 'none yet' : `the last one ${age} s ago`, fix: way };
}

/** A client's handshake is told, but not demanded. */
function tellClients(
  context: GateContext<HandshakeParams>,
  network: Network,
  node: string,
  seen: { readonly clock: number; readonly shakes: ReadonlyMap<string, number> },
): readonly Finding[] {
  return peersOf(context.inventory, network, node).flatMap(({ node: client, publicKey }): Finding[] => {
    if (publicKey === undefined) return [];
    const time = seen.shakes.get(publicKey) ?? 0;
    const told = time > 0 ? `${Math.max(0, seen.clock - time)} s ago` : 'not called yet';
    return [{ go: true, node, peer: client, expected: 'the client calls when it wants to', seen: told }];
  });
}

/** Every direct peer has shaken hands lately; where it hasn't, a packet is sent to make it. */
export const handshake: GateKind<HandshakeParams> = {
  kind: 'handshake',
  readsKeys: true,
  schema: parameters({
    ...networkParameter,
    ...withinParameter,
    maxAge: {
      type: 'integer',
      minimum: SESSION_SECONDS,
      description: 'Seconds; WireGuard renews no session younger than 180',
    },
  }),
  patience: 15,

  probe(context, node) {
    return probeAll(context, node.name);
  },

  verdict(context, replies) {
    const readings = readReplies(context, replies, (lines, node) => ({
      clock: integer(only(lines, 'clock')[0]),
      networks: networksOn(context, node).map((network, number) => ({
        network,
        shakes: new Map(
          all(lines, 'shake')
            .filter(([index]) => integer(index) === number)
            .map(([, key = '', time]) => [key, integer(time)]),
        ),
      })),
    }));
    const demanded: Finding[] = [];
    const findings = [...readings.seen].flatMap(([node, { clock, networks }]): readonly Finding[] => {
      if (networks.length === 0) return [notAMember(node)];
      const pairs = networks.flatMap(({ network, shakes }) =>
        nodePeersOf(context, network, node).map((peer) =>
          judge(context, network, node, peer, { clock, shakes }),
        ),
      );
      demanded.push(...pairs);
      const clients = networks.flatMap(({ network, shakes }) =>
        tellClients(context, network, node, { clock, shakes }),
      );
      if (pairs.length + clients.length > 0) return [...pairs, ...clients];
      return [{ go: true, node, expected: 'no direct peer', seen: 'none' }];
    });
    return conclude(readings, findings, () => {
      const fresh = demanded.filter(({ go }) => go).length;
      return `${fresh} of ${count(demanded.length, 'handshake')} fresh`;
    });
  },
};
