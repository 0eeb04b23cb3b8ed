import type { Network } from '../../../model/inventory.js';
import type { Learning } from '../../step.js';

/** Others depend on the keys of all members of a network. */
export const keysOfMembers = ({ name, members }: Network): Learning => ({
  keysOf: name,
  nodes: members.map(({ node }) => node),
});
