import { templateValues } from '../../src/layers/index.js';
import { RunSecrets } from '../../src/layers/pair-secrets.js';
import type { StepContext } from '../../src/layers/step.js';
import type { Inventory, Network, Node } from '../../src/model/inventory.js';
import { BARE } from '../fixtures/bare.js';
import { PLAIN_MESH } from '../fixtures/plain-mesh.js';

const node: Node = {
  name: 'ms-1',
  role: 'master',
  site: 'home',
  publicAddresses: [],
  lanAddresses: ['192.168.178.31'],
  ssh: { host: '192.168.178.31', hostKeys: [], sudo: 'auto' },
  release: 'bookworm',
};

const network: Network = {
  name: 'mesh',
  interface: 'wg0',
  ranges: ['172.27.15.0/24'],
  ...PLAIN_MESH,
  port: 51820,
  mtu: 1380,
  keepalive: 25,
  members: [{ node: 'ms-1', addresses: ['172.27.15.11'] }],
};

const inventory: Inventory = {
  file: 'inventory/home.yaml',
  name: 'home',
  sites: [],
  nodes: [node],
  networks: [network],
  lab: {},
  ...BARE,
};

/** The context of a step on node ms-1 of a small inventory. */
export function stepContext<P>(params: P, changes: Partial<StepContext<P>> = {}): StepContext<P> {
  const where = { node, inventory, networks: [network], ...changes };
  return {
    params,
    folder: '/nowhere',
    values: templateValues(where),
    secrets: new RunSecrets(),
    ...where,
    ...changes,
  };
}

export const NO_FACTS = { get: () => undefined };
