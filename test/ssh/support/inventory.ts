import type { Inventory, Node, SshSettings } from '../../../src/model/inventory.js';
import { BARE } from '../../fixtures/bare.js';

export function makeNode(name: string, ssh: Partial<SshSettings> & { host: string }): Node {
  return {
    name,
    publicAddresses: [],
    lanAddresses: [],
    release: 'bookworm',
    ssh: { hostKeys: [], sudo: 'auto', ...ssh },
  };
}

export function makeInventory(nodes: readonly Node[], file = '/nowhere/inventory.yaml'): Inventory {
  return { file, name: 'test', sites: [], nodes, networks: [], lab: {}, ...BARE };
}
