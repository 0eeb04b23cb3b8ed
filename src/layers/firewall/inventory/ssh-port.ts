import { sameAddress } from '../../../model/address.js';
import { atlasOf } from '../../../model/atlas.js';
import type { Inventory, Node } from '../../../model/inventory.js';

const DEFAULT = 22;

/** The port that sshd listens on, as far as the inventory says: behind a router it may be another than the one that is connected to. */
export function sshPortOf(inventory: Inventory, { name, site, ssh }: Node): number {
  const port = ssh.port ?? DEFAULT;
  const home = atlasOf(inventory).sites.get(site ?? '');
  const isRouter = home?.publicAddresses.some((address) => sameAddress(address, ssh.host)) ?? false;
  const forward = home?.forwards.find(
    (one) => isRouter && one.protocol === 'tcp' && one.node === name && one.port === port,
  );
  return forward?.nodePort ?? port;
}
