import { sameAddress } from '../../../model/address.js';
import { membersOf, networksOf } from '../../../model/atlas.js';
import type { Inventory } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import { isLoopback } from '../inventory/apps.js';
import type { App, Edge } from '../inventory/types.js';
import { MAINTENANCE_PORT, STATUS_PORT } from '../proxy/paths.js';
import { edgeOf } from '../registry.js';

/** Those that answer on the loopback address only; Caddy has none. */
const innerPorts = ({ proxy }: Edge): readonly number[] =>
  proxy === 'traefik' ? [STATUS_PORT, MAINTENANCE_PORT] : [];

export const proxyPorts = (edge: Edge): readonly number[] => [80, 443, ...innerPorts(edge)];

/** Apps that would lead visitors into the proxy itself: round in circles, or to what it says of all apps. */
export function lintTargets(inventory: Inventory): Lint[] {
  return inventory.apps.flatMap((app): Lint[] => {
    const { name, kind, edges, to } = app;
    const edge = edgeOf(inventory, to.node);
    if (edge === undefined || kind === 'udp' || !isOwnAddress(inventory, to)) return [];
    const ports = edges.includes(to.node) ? proxyPorts(edge) : innerPorts(edge);
    if (!ports.includes(to.port)) return [];
    const message = `${to.port}/tcp of ${to.node} is ${edge.proxy}'s, which would lead visitors to itself`;
    return [
      {
        severity: 'error',
        path: ['apps', name, 'to', 'port'],
        message,
        fix: 'write the port at which the app itself listens',
      },
    ];
  });
}

function isOwnAddress(inventory: Inventory, { node, address }: App['to']): boolean {
  if (address === undefined || isLoopback(address)) return true;
  const own = inventory.nodes.find(({ name }) => name === node);
  const overlay = networksOf(inventory, node).flatMap(
    (network) => membersOf(network).get(node)?.addresses ?? [],
  );
  return [...(own?.publicAddresses ?? []), ...(own?.lanAddresses ?? []), ...overlay].some((one) =>
    sameAddress(one, address),
  );
}
