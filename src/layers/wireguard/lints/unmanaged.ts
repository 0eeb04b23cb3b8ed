import { isIP } from 'node:net';
import { inRange, overlaps, spanOf } from '../../../model/address.js';
import type { Inventory, Network, Unmanaged } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import { takenAddresses } from '../clients/free-address.js';

/** Unmanaged peers whose name, key or addresses belong to others, or that would draw other traffic into the tunnel. */
export function lintUnmanaged(inventory: Inventory): Lint[] {
  return inventory.networks.flatMap((network) =>
    network.unmanaged.flatMap((peer) => [
      ...taken(inventory, network, peer),
      ...routes(inventory, network, peer),
    ]),
  );
}

function taken({ nodes, networks }: Inventory, network: Network, peer: Unmanaged): Lint[] {
  const path = ['networks', network.name, 'unmanaged', peer.name];
  const severity = 'error';
  const clients = networks.flatMap((one) => one.clients);
  const isOther = (one: { readonly name: string }): boolean => one.name === peer.name;
  const before = network.unmanaged.slice(0, network.unmanaged.indexOf(peer));
  const twin =
    clients.find(({ publicKey }) => publicKey === peer.publicKey) ??
    before.find(
      ({ publicKey, on }) => publicKey === peer.publicKey && on.some((node) => peer.on.includes(node)),
    );
  return [
    ...(nodes.some(isOther) || clients.some(isOther)
      ? [
          {
            severity,
            path,
            message: `${peer.name} is a node or a client too`,
            fix: `choose another name, such as ${peer.name}-2`,
          } as const,
        ]
      : []),
    ...(twin === undefined
      ? []
      : [
          {
            severity,
            path: [...path, 'publicKey'],
            message: `is the public key of ${twin.name} too`,
            fix: `remove one of ${twin.name} and ${peer.name}`,
          } as const,
        ]),
  ];
}

function routes({ nodes, sites }: Inventory, network: Network, peer: Unmanaged): Lint[] {
  const path = ['networks', network.name, 'unmanaged', peer.name, 'allowedIps'];
  const lint = (message: string): Lint => ({
    severity: 'error',
    path,
    message,
    fix: `leave in allowedIps only what is behind ${peer.name}`,
  });
  const before = network.unmanaged
    .slice(0, network.unmanaged.indexOf(peer))
    .filter(({ on }) => on.some((node) => peer.on.includes(node)));
  const addresses = [...takenAddresses({ ...network, unmanaged: [] })];
  return peer.allowedIps.flatMap((range) => {
    const owner = addresses.find(([address]) => inRange(address, range));
    if (owner !== undefined) return [lint(`${range} holds the address of ${owner[1]}, ${owner[0]}`)];
    const dialled = nodes.find(({ ssh }) => isIP(ssh.host) !== 0 && inRange(ssh.host, range));
    if (dialled !== undefined) {
      return [lint(`${range} holds ${dialled.ssh.host}, at which ${dialled.name} is reached over SSH`)];
    }
    const twin = before.find((other) => other.allowedIps.some((one) => overlaps(spanOf(one), spanOf(range))));
    if (twin !== undefined) return [lint(`${range} overlaps what is routed to ${twin.name}`)];
    const site = sites.find(({ subnets }) =>
      subnets.some((subnet) => overlaps(spanOf(subnet), spanOf(range))),
    );
    return site === undefined ? [] : [lint(`${range} overlaps the LAN of ${site.name}`)];
  });
}
