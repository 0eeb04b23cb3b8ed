import type { Inventory, Node } from '../../../model/inventory.js';
import { parseDestination } from '../../../ssh/index.js';

/**
 * The machines to log in to before there is an inventory: each is a host of ~/.ssh/config, or `user@host:port`,
 * and is named by that text. Throws E_SSH_CONFIG for anything else.
 */
export function asInventory(machines: readonly string[], folder: string): Inventory {
  return {
    file: `${folder}/inventory.yaml`,
    name: 'survey',
    sites: [],
    nodes: machines.map(asNode),
    networks: [],
    lab: {},
  };
}

function asNode(machine: string): Node {
  const { host, port, user } = parseDestination(machine, machine);
  return {
    name: machine,
    publicAddresses: [],
    lanAddresses: [],
    release: 'bookworm',
    ssh: {
      host,
      ...(port !== undefined && { port }),
      ...(user !== undefined && { user }),
      hostKeys: [],
      sudo: 'auto',
    },
  };
}
