import { atlasOf } from '../../../model/atlas.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import { hasFamilyOf, isHidden, sameSite } from '../../../model/location.js';
import type { Lint } from '../../lint.js';

/**
 * Two members that can't connect, reported at the first, with what would help; `otherwise` are fixes other than forwards.
 */
export function missingWay(
  inventory: Inventory,
  network: Network,
  a: string,
  b: string,
  otherwise: readonly string[],
): Lint {
  const path = ['networks', network.name, 'addresses', a];
  const message = `${a} and ${b} can't connect: neither can reach the other`;
  if (sameSite(inventory, a, b)) {
    return { severity: 'error', path, message, fix: 'give them LAN addresses of one family' };
  }
  const hidden = [a, b].filter((node) => isHidden(inventory, node));
  const forwards = hidden.map((node) => wayIn(inventory, network, node, node === a ? b : a));
  const possible = forwards.filter((way) => way.possible).map((way) => way.text);
  const hindrances = forwards.filter((way) => !way.possible).map((way) => way.text);
  const family = hidden.length < 2 && possible.length === 0 ? ['give them addresses of one family'] : [];
  const ways = [...possible, ...family, ...otherwise];
  const why = hindrances.length > 0 ? ` (${hindrances.join('; ')})` : '';
  return {
    severity: 'error',
    path,
    message: `${message}${why}`,
    fix: ways.join(', or ') || `give ${b} a public address`,
  };
}

/** What would let `caller`, or any client, connect to a node behind NAT; or why nothing would. */
export function wayIn(inventory: Inventory, network: Network, name: string, caller?: string): PossibleWay {
  const { nodes, sites } = atlasOf(inventory);
  const site = sites.get(nodes.get(name)?.site ?? '');
  if (!site) return { possible: false, text: `${name} has neither a public address nor a site` };
  if (site.publicAddresses.length === 0) {
    return { possible: false, text: `site ${site.name} has no public address to forward to ${name} from` };
  }
  if (caller !== undefined && !hasFamilyOf(inventory, caller, site.publicAddresses)) {
    return {
      possible: false,
      text: `${caller} has no address of the same family as the public address of site ${site.name}`,
    };
  }
  const text = `site ${site.name} must forward a UDP port of its public address to ${name}:${network.port}`;
  return { possible: true, text };
}

export interface PossibleWay {
  readonly possible: boolean;
  readonly text: string;
}
