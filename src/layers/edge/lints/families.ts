import { familyOf } from '../../../model/address.js';
import { membersOf } from '../../../model/atlas.js';
import type { Inventory } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import type { App } from '../inventory/types.js';
import { remoteEdges } from '../registry.js';
import { leadsFrom } from '../upstream.js';

/** Edges that have no address in a family in which they could reach an app. In a tailnet all members have both. */
export function lintFamilies(inventory: Inventory): Lint[] {
  return inventory.apps.flatMap((app) => {
    const network = inventory.networks.find(({ name }) => name === app.network);
    if (network === undefined) return [];
    const familiesOf = (node: string) => (membersOf(network).get(node)?.addresses ?? []).map(familyOf);
    const own = familiesOf(app.to.node).filter((family) => leadsFrom(app, family));
    return remoteEdges(app).flatMap((edge): Lint[] =>
      familiesOf(edge).some((family) => own.includes(family)) ? [] : [lintOf(app, network.name, edge, own)],
    );
  });
}

function lintOf(app: App, network: string, edge: string, own: readonly (4 | 6)[]): Lint {
  const { name, kind, to } = app;
  const { address, node } = to;
  const key = `networks.${network}.addresses`;
  if (address === undefined || app.relay !== 'dnat') {
    return {
      severity: 'error',
      path: ['apps', name, 'edge'],
      message: `${edge} and ${node} have no family in common in ${network}`,
      fix: `add an address of the other family for one of them to ${key}`,
    };
  }
  const family = familyOf(address);
  const lacking = own.length === 0 ? node : edge;
  const more = `add an IPv${family} address of ${lacking} to ${key}`;
  return {
    severity: 'error',
    path: ['apps', name, 'to', 'address'],
    message: `${lacking} has no IPv${family} in ${network}, and dnat leads to ${address} only from IPv${family}`,
    fix: kind === 'udp' ? more : `${more}, or write relay: socket-proxyd`,
  };
}
