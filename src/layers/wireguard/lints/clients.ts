import { hostRoute, inRange, isWithin } from '../../../model/address.js';
import type { Client, Inventory, Network, Reach } from '../../../model/inventory.js';
import { reachWord } from '../../../model/reach.js';
import type { Lint } from '../../lint.js';
import { mayReach, rangesOf, reachOf } from '../overlay/reach.js';

/** Clients with a duplicate name or key, and settings that can't work. */
export function lintClients(inventory: Inventory): Lint[] {
  return inventory.networks.flatMap((network) => {
    if (network.shape !== 'hub') return [];
    return [
      ...takenNames(inventory, network),
      ...sharedKeys(inventory, network),
      ...network.clients.flatMap((client) => [
        ...tunnel(network, client),
        ...reach(inventory, network, client),
        ...dns(inventory, network, client),
      ]),
    ];
  });
}

const pathOf = (network: Network, { name }: Client, ...more: string[]) => [
  'networks',
  network.name,
  'clients',
  name,
  ...more,
];

function takenNames({ nodes, networks }: Inventory, network: Network): Lint[] {
  const earlier = networks.slice(0, networks.indexOf(network));
  return network.clients.flatMap((client): Lint[] => {
    const other = earlier.find(({ clients }) => clients.some(({ name }) => name === client.name));
    const node = nodes.some(({ name }) => name === client.name);
    if (!node && !other) return [];
    const message = `${client.name} is ${node ? 'a node' : `a client of network ${other?.name}`} too`;
    const fix = `choose another name, such as ${client.name}-2`;
    return [{ severity: 'error', path: pathOf(network, client), message, fix }];
  });
}

/** WireGuard identifies a peer by its key: of two clients with the same key, only the last would work. */
function sharedKeys({ networks }: Inventory, network: Network): Lint[] {
  const before = networks.slice(0, networks.indexOf(network)).flatMap(({ clients }) => clients);
  return network.clients.flatMap((client, i): Lint[] => {
    const { publicKey } = client;
    if (publicKey === undefined) return [];
    const owner = [...before, ...network.clients.slice(0, i)].find((one) => one.publicKey === publicKey);
    if (!owner) return [];
    const path = pathOf(network, client, 'publicKey');
    const fix = `give each device its own keys: client rekey ${client.name}`;
    return [{ severity: 'error', path, message: `is the public key of ${owner.name} too`, fix }];
  });
}

function tunnel(network: Network, client: Client): Lint[] {
  if (client.tunnel !== 'full') return [];
  const path = pathOf(network, client, 'tunnel');
  if (!network.internet) {
    const message = `${client.name} sends everything to its hub, which does not forward to the internet`;
    const fix = `set networks.${network.name}.internet: true, or tunnel: split`;
    return [{ severity: 'error', path, message, fix, needs: ['networks', network.name, 'internet'] }];
  }
  if (client.reach === 'all' || client.reach.some(({ kind }) => kind === 'internet')) return [];
  const message = `${client.name} sends everything to its hub, but may not reach the internet`;
  return [{ severity: 'warning', path, message, fix: 'add internet to its reach, or set tunnel: split' }];
}

function reach(inventory: Inventory, network: Network, client: Client): Lint[] {
  if (client.reach === 'all') return [];
  const path = pathOf(network, client, 'reach');
  const known = behindTunnel(network);
  return client.reach.flatMap((target): Lint[] => {
    if (target.kind === 'internet') return internet(network, client, path);
    if (target.kind === 'lan') {
      if (network.advertises.length > 0) return [];
      const fix = `add one to networks.${network.name}.advertise, or remove lan`;
      const needs = ['networks', network.name, 'advertise'];
      return [{ severity: 'error', path, value: 'lan', message: 'no member advertises a LAN', fix, needs }];
    }
    if (target.kind === 'overlay') return [];
    const needs = ['networks', network.name];
    return unreached(inventory, network, target, known).map((lint) => ({ ...lint, path, needs }));
  });
}

function internet(network: Network, { name, tunnel: chosen }: Client, path: readonly string[]): Lint[] {
  if (!network.internet) {
    const message = 'the hub does not forward to the internet';
    const fix = `set networks.${network.name}.internet: true, or remove internet`;
    const needs = ['networks', network.name, 'internet'];
    return [{ severity: 'error', path, value: 'internet', message, fix, needs }];
  }
  if (chosen === 'full') return [];
  const message = `${name} has a split tunnel, so its internet traffic does not go to its hub`;
  return [{ severity: 'warning', path, value: 'internet', message, fix: 'set tunnel: full' }];
}

function unreached(
  inventory: Inventory,
  network: Network,
  target: Reach & { readonly kind: 'node' | 'range' },
  known: readonly string[],
): Omit<Lint, 'path'>[] {
  const severity = 'error';
  if (target.kind === 'node') {
    if (rangesOf(inventory, network, target).length > 0) return [];
    const message = `${target.node} is not a member of the network, nor on an advertised LAN`;
    const fix = 'remove it, or advertise its LAN';
    return [{ severity, value: reachWord(target), message, fix }];
  }
  if (known.some((range) => isWithin(target.range, range))) return [];
  const message = `${target.range} is not in the overlay, nor in an advertised LAN`;
  const fix = known.length > 0 ? `choose from ${known.join(', ')}` : 'remove it';
  return [{ severity, value: reachWord(target), message, fix }];
}

const DNS = { protocol: 'udp', port: 53 } as const;

function dns(inventory: Inventory, network: Network, client: Client): Lint[] {
  const inside = behindTunnel(network);
  const allowed = reachOf(inventory, network, client.name);
  return client.dns
    .filter((address) => holdsAddress(inside, address) && !mayReach(allowed, address, DNS))
    .map((address) => ({
      severity: 'error',
      path: pathOf(network, client, 'dns'),
      value: address,
      message: `${client.name} may not reach its name server ${address}`,
      fix: `add ${reachWord({ kind: 'range', range: hostRoute(address), service: DNS })} to its reach, or choose another`,
    }));
}

/** What goes through a split tunnel. */
function behindTunnel({ ranges, advertises }: Network): string[] {
  return [...ranges, ...advertises.flatMap(({ subnets }) => subnets)];
}

function holdsAddress(ranges: readonly string[], address: string): boolean {
  return ranges.some((range) => inRange(address, range));
}
