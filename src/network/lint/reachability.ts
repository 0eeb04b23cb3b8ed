import type { Inventory, Network } from '../../inventory/types.js';
import { atlasOf } from '../atlas.js';
import { hasFamilyOf, isHidden, sameSite } from '../endpoint.js';
import { canMeet } from '../peers.js';
import type { Lint } from './types.js';

/** Pairs told one by one in a network; the rest are counted. */
const MOST_PAIRS = 20;

/** Pairs that can't meet, each with the forward that is missing. */
export function lintReachability(inventory: Inventory): Lint[] {
  return inventory.networks.flatMap((network) => {
    const apart = pairsApart(inventory, network);
    if (network.relay !== undefined) return relayApart(inventory, network, network.relay, apart);
    const told = apart.slice(0, MOST_PAIRS).map(([a, b]) => missing(inventory, network, a, b));
    const more = apart.length - told.length;
    if (more > 0) {
      const path = ['networks', network.name, 'addresses'];
      told.push({ severity: 'error', path, message: `${more} more pairs can't meet`, fix: 'as above' });
    }
    return told;
  });
}

/** Unordered pairs, the later member first: its forward is usually what was forgotten. */
function pairsApart(inventory: Inventory, network: Network): [string, string][] {
  const names = network.members.map(({ node }) => node);
  return names.flatMap((a, i) =>
    names
      .slice(0, i)
      .filter((b) => !canMeet(inventory, network, a, b))
      .map((b): [string, string] => [a, b]),
  );
}

function relayApart(
  inventory: Inventory,
  network: Network,
  relay: string,
  apart: readonly (readonly [string, string])[],
): Lint[] {
  const needing = new Set(apart.flat());
  needing.delete(relay);
  return [...needing]
    .filter((node) => !canMeet(inventory, network, node, relay))
    .map((node) => {
      const { message, fix } = missing(inventory, network, node, relay);
      const path = ['networks', network.name, 'relay'];
      return {
        severity: 'error',
        path,
        message: `${message}, and ${relay} is the relay`,
        ...(fix && { fix }),
      };
    });
}

function missing(inventory: Inventory, network: Network, a: string, b: string): Lint {
  const path = ['networks', network.name, 'addresses', a];
  const message = `${a} and ${b} can't meet: neither can call the other`;
  if (sameSite(inventory, a, b)) {
    return { severity: 'error', path, message, fix: 'give them LAN addresses of one family' };
  }
  const hidden = [a, b].filter((node) => isHidden(inventory, node));
  const forwards = hidden.map((node) => wayIn(inventory, network, node, node === a ? b : a));
  const possible = forwards.filter((way) => way.possible).map((way) => way.text);
  const hindrances = forwards.filter((way) => !way.possible).map((way) => way.text);
  const family = hidden.length < 2 && possible.length === 0 ? ['give them addresses of one family'] : [];
  const ways = [...possible, ...family, relayHint(inventory, network, a, b)];
  const why = hindrances.length > 0 ? ` (${hindrances.join('; ')})` : '';
  return { severity: 'error', path, message: `${message}${why}`, fix: ways.join(', or ') };
}

/** What would let `caller` call a hidden node, or why nothing can. */
function wayIn(inventory: Inventory, network: Network, name: string, caller: string): Way {
  const { nodes, sites } = atlasOf(inventory);
  const site = sites.get(nodes.get(name)?.site ?? '');
  if (!site) return { possible: false, text: `${name} has neither a public address nor a site` };
  if (site.publicAddresses.length === 0) {
    return { possible: false, text: `site ${site.name} has no public address to forward to ${name} from` };
  }
  if (!hasFamilyOf(inventory, caller, site.publicAddresses)) {
    return {
      possible: false,
      text: `${caller} has no address of the family of site ${site.name}'s public one`,
    };
  }
  const text = `site ${site.name} must forward a UDP port of its public address to ${name}:${network.port}`;
  return { possible: true, text };
}

interface Way {
  readonly possible: boolean;
  readonly text: string;
}

function relayHint(inventory: Inventory, network: Network, a: string, b: string): string {
  const meets = network.members.find(
    ({ node }) =>
      node !== a &&
      node !== b &&
      canMeet(inventory, network, node, a) &&
      canMeet(inventory, network, node, b),
  );
  return `set networks.${network.name}.relay: ${meets?.node ?? 'a member that both can call'}`;
}
