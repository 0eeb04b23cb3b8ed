import { BridgeheadError } from '../../core/errors.js';
import { presharedKeyFact, publicKeyFact } from '../../layers/wireguard/facts.js';
import { peersOf } from '../../layers/wireguard/overlay/peers.js';
import type { Peer } from '../../layers/wireguard/overlay/types.js';
import { interfaceFact, type LivePeer } from '../../layers/wireguard/tunnel/live.js';
import { hostRoute } from '../../model/address.js';
import { networksOf } from '../../model/atlas.js';
import type { Inventory, Network, Node } from '../../model/inventory.js';
import { ask } from '../../remote/execute.js';
import type { Transport } from '../../remote/transport.js';
import type { GivenFacts } from '../../runner/plan/scope.js';

const DEADLINE_MS = 20_000;

/** What a hub reports about a network's interface. */
export interface HubView {
  /** Base64. */
  readonly publicKey: string;
  /** The hub's clock, unix seconds. */
  readonly now: number;
  /** Whether the interface is up. */
  readonly up: boolean;
  /** Live peers by public key. */
  readonly peers: ReadonlyMap<string, LivePeer>;
}

/** Gets the public key and live peers from a hub. Throws if it can't be reached or has no key yet. */
export async function askHub(
  transport: Transport,
  hub: Node,
  network: Network,
  signal: AbortSignal,
): Promise<HubView> {
  const connection = await transport.connect(hub, signal);
  try {
    const options = { node: hub.name, deadlineMs: DEADLINE_MS, signal };
    const seen = await ask(connection, interfaceFact(network.interface), options);
    if (seen.ownKey === undefined) {
      throw new BridgeheadError('E_STEP', `${hub.name} has no key for ${network.interface} yet`, {
        node: hub.name,
        fix: 'bridgehead apply makes it',
      });
    }
    return {
      publicKey: seen.ownKey,
      now: seen.live?.now ?? 0,
      up: seen.live !== undefined,
      peers: new Map(seen.live?.peers.map((peer) => [peer.publicKey, peer])),
    };
  } finally {
    await connection.close();
  }
}

/**
 * The keys that the hub uses for the other nodes, so that those need not be contacted when a client is added or removed.
 * Peers that the hub lacks, or has only in part, are left out.
 */
export async function othersAsHubHasThem(
  transport: Transport,
  inventory: Inventory,
  hub: Node,
  signal: AbortSignal,
): Promise<GivenFacts> {
  const networks = networksOf(inventory, hub.name);
  const given = new Map<string, Record<string, string>>();
  const unknown = new Set<string>([hub.name]);
  for (const network of networks) {
    const { peers: live } = await askHub(transport, hub, network, signal);
    const peers = peersOf(inventory, network, hub.name);
    for (const { node } of network.members) {
      const peer = peers.find((one) => one.node === node);
      const facts = peer === undefined ? {} : factsOf(network, hub, peer, [...live.values()]);
      if (facts === undefined) unknown.add(node);
      else given.set(node, { ...given.get(node), ...facts });
    }
  }
  for (const node of unknown) given.delete(node);
  return given;
}

function factsOf(
  network: Network,
  hub: Node,
  { addresses }: Peer,
  live: readonly LivePeer[],
): Record<string, string> | undefined {
  const routes = addresses.map(hostRoute);
  const seen = live.find(({ allowedIps }) => allowedIps.some((range) => routes.includes(range)));
  if (seen === undefined || (network.presharedKeys && seen.presharedKey === undefined)) return undefined;
  const { interface: name } = network;
  return {
    [publicKeyFact(name)]: seen.publicKey,
    ...(seen.presharedKey && { [presharedKeyFact(name, hub.name)]: seen.presharedKey }),
  };
}
