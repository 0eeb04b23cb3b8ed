import type { Inventory, Node } from '../../../model/inventory.js';
import { parseDestination } from '../../../ssh/index.js';

/**
 * The machines to log in to before they are in an inventory: each is a host of ~/.ssh/config, or `user@host:port`, and is named
 * by that text. The nodes of the inventory that they are added to come first. Throws E_SSH_CONFIG for anything else.
 */
export function asInventory(machines: readonly string[], folder: string, there?: Inventory): Inventory {
  return {
    file: there?.file ?? `${folder}/inventory.yaml`,
    name: 'survey',
    sites: [],
    nodes: [...(there?.nodes ?? []), ...machines.map(asNode)],
    networks: [],
    firewall: [],
    closed: [],
    openings: [],
    edges: [],
    apps: [],
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
      undeclared: true,
    },
  };
}
