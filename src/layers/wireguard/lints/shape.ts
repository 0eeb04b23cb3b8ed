import type { Inventory, Network } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';

/** Keys of one shape in a network of the other. */
export function lintShape({ networks }: Inventory): Lint[] {
  return networks.flatMap((network) => (network.shape === 'hub' ? inHub(network) : inMesh(network)));
}

function inHub({ name, relay, hubs }: Network): Lint[] {
  if (relay === undefined) return [];
  const message = `shape hub has no relay: ${hubs.join(' and ') || 'the hub'} ${hubs.length > 1 ? 'forward' : 'forwards'} packets`;
  return [{ severity: 'error', path: ['networks', name, 'relay'], message, fix: 'remove it' }];
}

function inMesh({ name, clients, internet }: Network): Lint[] {
  const found: Lint[] = [];
  const needs = ['networks', name, 'shape'];
  const fix = `set networks.${name}.shape: hub and name the hub, or remove it`;
  if (clients.length > 0) {
    const message = "a mesh can't have clients: there is no hub for them to connect to";
    found.push({ severity: 'error', path: ['networks', name, 'clients'], message, fix, needs });
  }
  if (internet) {
    const message = 'a mesh has no hub that forwards to the internet';
    found.push({ severity: 'error', path: ['networks', name, 'internet'], message, fix, needs });
  }
  return found;
}
