import { hostRoute } from '../../../model/address.js';
import type { Network } from '../../../model/inventory.js';
import type { StepContext } from '../../step.js';
import { presharedKeyFact, publicKeyFact } from '../facts.js';
import { parseConfig } from '../overlay/parse-config.js';
import { peersOf } from '../overlay/peers.js';
import type { SeenInterface } from './live.js';

type Facts = Readonly<Record<string, string>>;

/**
 * Keys of its peers as a node has them, by name: those of the running interface, or else of its file. Peers are identified
 * by their overlay addresses.
 */
export function hearsayOf(
  { inventory, node, networks }: StepContext<unknown>,
  seen: ReadonlyMap<string, SeenInterface>,
): ReadonlyMap<string, Facts> {
  const heard = new Map<string, Facts>();
  for (const network of networks) {
    const own = seen.get(network.interface);
    if (own === undefined) continue;
    for (const peer of peersOf(inventory, network, node.name)) {
      if (peer.client) continue;
      const facts = factsOf(network, node.name, peer.addresses.map(hostRoute), own);
      heard.set(peer.node, { ...heard.get(peer.node), ...facts });
    }
  }
  return heard;
}

function factsOf(network: Network, self: string, routes: readonly string[], seen: SeenInterface): Facts {
  const isIts = ({ allowedIps }: { readonly allowedIps: readonly string[] }): boolean =>
    allowedIps.some((range) => routes.includes(range));
  const live = seen.live?.peers.find(isIts);
  const kept = seen.config && parseConfig(seen.config.text).peers.find(isIts);
  const publicKey = live?.publicKey ?? kept?.publicKey;
  return {
    ...(publicKey && { [publicKeyFact(network.interface)]: publicKey }),
    ...(live?.presharedKey && { [presharedKeyFact(network.interface, self)]: live.presharedKey }),
  };
}
