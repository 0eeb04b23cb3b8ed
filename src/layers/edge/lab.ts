import { sameAddress } from '../../model/address.js';
import { outsideAddresses } from '../../model/atlas.js';
import type { Inventory } from '../../model/inventory.js';
import type { LabApp, LabNeeds } from '../lab.js';
import { isLoopback } from './inventory/apps.js';
import type { App } from './inventory/types.js';

/** The apps' names lead to their edges, whose authorities are the lab's own, and something answers in the apps' place. */
export function edgeInLab(inventory: Inventory): LabNeeds {
  const { apps, edges } = inventory;
  return {
    names: apps.flatMap(({ hosts, edges: of }) => {
      const addresses = of.flatMap((edge) => outsideAddresses(inventory, edge) ?? []);
      return hosts.map((name) => ({ name, addresses }));
    }),
    authorities: edges.flatMap(({ acme }) => (acme === undefined ? [] : [acme.directory])),
    apps: apps.flatMap((app) => standIn(inventory, app) ?? []),
  };
}

/** None for an app whose TLS ends at home: it would need its certificate. */
function standIn({ nodes }: Inventory, app: App): LabApp | undefined {
  const { name, kind, to, expect } = app;
  if (kind === 'tls') return undefined;
  const { address, port } = to;
  const owner = nodes.find(({ lanAddresses, publicAddresses }) =>
    [...lanAddresses, ...publicAddresses].some((own) => address !== undefined && sameAddress(own, address)),
  );
  const isInside = address !== undefined && isLoopback(address);
  if (address !== undefined && owner === undefined && !isInside) return undefined;
  const page = { path: expect.path, status: expect.status, text: expect.contains ?? '' };
  return {
    name,
    node: owner?.name ?? to.node,
    ...(isInside && { address }),
    protocol: kind,
    port,
    ...(kind === 'http' && { page }),
  };
}
