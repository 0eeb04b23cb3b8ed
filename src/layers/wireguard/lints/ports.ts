import { nftWord } from '../../../facts/firewall/nft-word.js';
import { hostPort } from '../../../model/address.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';

/** Ports that are used twice: by forwards of a public address, or by networks on a node. */
export function lintPorts(inventory: Inventory): Lint[] {
  return [...lintForwards(inventory), ...lintNetworks(inventory)];
}

function lintForwards({ sites }: Inventory): Lint[] {
  const taken = new Map<string, string>();
  const found: Lint[] = [];
  for (const { name, publicAddresses, forwards } of sites) {
    for (const { protocol, port, node, nodePort } of forwards) {
      const target = `${node}:${nodePort}`;
      // A router without a known public address still has each port once.
      const outsides = publicAddresses.length > 0 ? publicAddresses : [`${name}'s router`];
      const clash = outsides.find((address) => taken.has(`${protocol} ${address} ${port}`));
      const first = taken.get(`${protocol} ${clash} ${port}`);
      for (const address of outsides) taken.set(`${protocol} ${address} ${port}`, target);
      if (clash === undefined) continue;
      const outside = publicAddresses.length > 0 ? hostPort(clash, port) : `port ${port}`;
      const message = `${protocol} ${outside} is already forwarded to ${first}`;
      const path = ['sites', name, 'forwards'];
      found.push({
        severity: 'error',
        path,
        value: `${protocol} ${port} ${node}`,
        message,
        fix: 'give each its own port',
      });
    }
  }
  return found;
}

function lintNetworks({ networks }: Inventory): Lint[] {
  return networks.flatMap((network, i) => networks.slice(0, i).flatMap((other) => clashes(network, other)));
}

function clashes(network: Network, other: Network): Lint[] {
  const theirs = new Set(other.members.map(({ node }) => node));
  const shared = network.members.find(({ node }) => theirs.has(node))?.node;
  if (shared === undefined) return [];
  const path = (key: string) => ['networks', network.name, key];
  const found: Lint[] = [];
  if (network.interface === other.interface) {
    const message = `${network.interface} is also the interface of network ${other.name}, and ${shared} is in both`;
    found.push({
      severity: 'error',
      path: path('interface'),
      message,
      fix: 'choose another name, such as wg1',
    });
  } else if (nftWord(network.interface) === nftWord(other.interface)) {
    const message = `${network.interface} and ${other.interface} of network ${other.name} differ only in punctuation, and ${shared} is in both`;
    found.push({
      severity: 'error',
      path: path('interface'),
      message,
      fix: 'choose another name, such as wg1',
    });
  }
  if (network.port === other.port) {
    const message = `${network.port} is also the port of network ${other.name}, and ${shared} is in both`;
    found.push({ severity: 'error', path: path('port'), message, fix: 'choose another, such as 51821' });
  }
  return found;
}
