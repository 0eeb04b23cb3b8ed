import type { Network } from '../../../../model/inventory.js';
import type { Script } from '../../../../remote/script.js';
import { publicKeyFact } from '../../facts.js';
import { endpointFor } from '../../overlay/endpoint.js';
import { peersOf } from '../../overlay/peers.js';
import type { Peer } from '../../overlay/types.js';
import { networksOn } from '../shared/members.js';
import { deadSessions } from './dead-sessions.js';
import { type HandshakeContext, maxAgeOf } from './params.js';
import { type AskedPeer, handshakeProbe } from './probe.js';

/** The peers that can be made to shake hands; clients may sleep, and connect when they wake up. */
export function nodePeersOf(context: HandshakeContext, network: Network, node: string): readonly Peer[] {
  return peersOf(context.inventory, network, node).filter(({ client }) => !client);
}

/**
 * Whether the node is the one to connect to a peer. If both send their first packet at once, each drops its own handshake in
 * favour of the other's, and neither tries again for five seconds.
 */
function isCaller(context: HandshakeContext, network: Network, node: string, peer: Peer): boolean {
  const dead = deadSessions(context).filter((one) => one.network === network.name);
  if (dead.some(({ without, believer }) => without === peer.node && believer === node)) return true;
  if (dead.some(({ without, believer }) => without === node && believer === peer.node)) return false;
  if (!context.measured.includes(peer.node)) return true;
  const back = endpointFor(context.inventory, network, peer.node, node);
  if (peer.endpoint === undefined || back === undefined) return peer.endpoint !== undefined;
  return node < peer.node;
}

function askedPeer(context: HandshakeContext, network: Network, node: string, peer: Peer): AskedPeer {
  const isDead = deadSessions(context).some(
    (one) => one.network === network.name && one.without === peer.node && one.believer === node,
  );
  // Keys aren't known yet when the nodes are first looked at.
  const publicKey = isDead ? context.facts.get(peer.node, publicKeyFact(network.interface)) : undefined;
  return {
    addresses: peer.addresses,
    first: isCaller(context, network, node, peer),
    ...(publicKey !== undefined && { dead: { interface: network.interface, publicKey } }),
  };
}

/** The probe of a node: whom it connects to, and whose handshakes it waits for. */
export function probeHandshakes(context: HandshakeContext, node: string): Script {
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
    maxAge: maxAgeOf(context),
    patience: context.patience,
  });
}
