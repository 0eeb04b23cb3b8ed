import type { Inventory } from '../../../model/inventory.js';
import { parseDestination } from '../../../ssh/config/address.js';
import { nameFrom } from '../../draft/names.js';

const SSH_PORT = 22;

/** The names that an inventory gives to nodes and clients. */
export function namesIn(there: Inventory | undefined): string[] {
  if (there === undefined) return [];
  const clients = there.networks.flatMap((network) => network.clients);
  return [...there.nodes, ...clients].map(({ name }) => name);
}

/** The node that a machine, as the user calls it, is in an inventory, as far as names and addresses show. */
export function nodeThere(machine: string, { nodes }: Pick<Inventory, 'nodes'>): string | undefined {
  const { host, port = SSH_PORT } = parseDestination(machine, machine);
  const isAt = ({ ssh, publicAddresses, lanAddresses }: Inventory['nodes'][number]) =>
    (ssh.port ?? SSH_PORT) === port && [ssh.host, ...publicAddresses, ...lanAddresses].includes(host);
  return nodes.find((node) => node.name === host || node.name === nameFrom(host) || isAt(node))?.name;
}
