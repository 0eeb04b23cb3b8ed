import type { Network } from '../../../model/inventory.js';
import { clientsOf, isHub } from '../../../model/shape.js';

/** Bare addresses of the clients whose reach a hub limits. */
export function limitedSources(network: Network, node: string): string[] {
  if (!isHub(network, node)) return [];
  return clientsOf(network, node).flatMap(({ addresses }) => addresses);
}
