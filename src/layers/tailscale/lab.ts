import type { Inventory } from '../../model/inventory.js';
import type { LabNeeds } from '../lab.js';

/** Its nodes join at a login server of the lab's own. */
export const tailnetInLab = ({ tailnets = [] }: Inventory): LabNeeds => ({
  logins: tailnets.map(({ name, loginServer, tags }) => ({ network: name, url: loginServer, tags })),
});
