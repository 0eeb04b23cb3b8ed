import { BridgeheadError } from '../core/errors.js';
import { peersOf } from '../layers/wireguard/overlay/peers.js';
import type { Inventory, Network } from '../model/inventory.js';
import type { Playbook } from '../playbook/types.js';
import { unknownWord } from './locate.js';

/** Two nodes with a direct tunnel and a preshared key for it. */
export interface SharedPair {
  readonly network: Network;
  readonly nodes: readonly [string, string];
}

const STEPS: readonly string[] = ['preshared-keys', 'wireguard'];

/** Every pair of nodes that shares a key. Clients are excluded: a new key means a new configuration for them. */
export function sharedPairs(inventory: Inventory): SharedPair[] {
  return inventory.networks
    .filter(({ presharedKeys }) => presharedKeys)
    .flatMap((network) => {
      const order = network.members.map(({ node }) => node);
      return order.flatMap((a, index) =>
        peersOf(inventory, network, a)
          .filter(({ client, node }) => !client && order.indexOf(node) > index)
          .map(({ node }): SharedPair => ({ network, nodes: [a, node] })),
      );
    });
}

/** The pairs that `--pair` names, or all. Throws E_USAGE for names that share no key. */
export function pairsToRotate(inventory: Inventory, named: readonly string[]): SharedPair[] {
  const all = sharedPairs(inventory);
  if (!inventory.networks.some(({ presharedKeys }) => presharedKeys)) {
    throw new BridgeheadError('E_USAGE', 'no network of this inventory has preshared keys', {
      fix: 'set `presharedKeys: true` in the network, and apply',
    });
  }
  return named.length === 0 ? all : named.flatMap((text) => pairsNamed(inventory, all, text));
}

function pairsNamed(inventory: Inventory, all: readonly SharedPair[], text: string): SharedPair[] {
  const names = text.split(',').map((name) => name.trim());
  const [a, b, more] = names;
  if (a === undefined || b === undefined || more !== undefined) {
    throw new BridgeheadError('E_USAGE', `--pair needs two nodes; got ${JSON.stringify(text)}`, {
      fix: 'write --pair NODE,NODE',
    });
  }
  for (const name of names) refuseStranger(inventory, name);
  const found = all.filter(({ nodes }) => nodes.includes(a) && nodes.includes(b) && a !== b);
  if (found.length > 0) return found;
  const others = all.flatMap(({ nodes }) => (nodes.includes(a) ? nodes.filter((node) => node !== a) : []));
  throw new BridgeheadError('E_USAGE', `${a} and ${b} do not share a key`, {
    fix:
      others.length > 0
        ? `${a} shares one with ${others.join(', ')}`
        : `${a} does not share a key with any node`,
  });
}

function refuseStranger(inventory: Inventory, name: string): void {
  const nodes = inventory.nodes.map((node) => node.name);
  if (nodes.includes(name)) return;
  const isClient = inventory.networks.some((network) => network.clients.some((one) => one.name === name));
  if (!isClient) throw unknownWord('node', name, nodes);
  throw new BridgeheadError('E_USAGE', `${name} is a client, whose configuration holds its preshared key`, {
    fix: `bridgehead client rekey ${name} makes new keys for it and shows its new configuration`,
  });
}

/** The clients that keep the keys they have. */
export function clientsLeft(inventory: Inventory): string[] {
  return inventory.networks
    .filter(({ presharedKeys }) => presharedKeys)
    .flatMap((network) => network.clients.map(({ name }) => name));
}

/** The phases that write and load preshared keys. Throws E_USAGE if the playbook lacks either step. */
export function rotationPhases(playbook: Playbook): string[] {
  const lacking = STEPS.filter((kind) =>
    playbook.phases.every(({ steps }) => steps.every((step) => step.kind !== kind)),
  );
  if (lacking.length > 0) {
    throw new BridgeheadError(
      'E_USAGE',
      `the playbook ${playbook.name} has no step ${lacking.join(' and no step ')}`,
      {
        fix: 'use a built-in playbook (-p mesh, -p hub), or add the step',
      },
    );
  }
  return playbook.phases
    .filter(({ steps }) => steps.some(({ kind }) => STEPS.includes(kind)))
    .map(({ name }) => name);
}
