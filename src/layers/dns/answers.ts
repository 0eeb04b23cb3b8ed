import { fourFirst } from '../../model/address.js';
import { atlasOf, networksOf, outsideAddresses } from '../../model/atlas.js';
import type { Inventory } from '../../model/inventory.js';
import type { App } from '../edge/inventory/types.js';
import { overlayAddresses } from '../edge/overlay.js';
import type { Facts } from '../step.js';
import type { Dns, Inside, Target } from './inventory/types.js';
import { addressesAt, type Place } from './views.js';

/** A name with what it answers at a place. */
export interface Answer {
  /** In lower case; `*.` in front stands for all names below. */
  readonly name: string;
  /** `node home-1`, `app photos`, `record printer` */
  readonly of: string;
  /** Bare. IPv4 first. */
  readonly addresses: readonly string[];
}

export interface Asker {
  readonly inventory: Inventory;
  readonly facts: Facts;
  readonly place: Place;
}

/** All names that have an answer at a place, each once. Nodes come first: an address leads back to its node's name. */
export function answersAt(asker: Asker, dns: Dns): Answer[] {
  const { inventory } = asker;
  const [zone = ''] = dns.zones;
  const nodes = dns.nodes ? inventory.nodes : [];
  const all: Answer[] = [
    ...nodes.map(({ name }) => ({
      name: `${name}.${zone}`,
      of: `node ${name}`,
      addresses: nearestOf(asker, name),
    })),
    ...dns.records.map(({ key, name, targets }) => ({
      name,
      of: `record ${key}`,
      addresses: addressesOf(asker, targets),
    })),
    ...inventory.apps.flatMap((app) => {
      const addresses = appAddresses(asker, app, insideOf(dns, app));
      return app.hosts.map((name) => ({ name, of: `app ${app.name}`, addresses }));
    }),
  ];
  const known = new Map(all.toReversed().map((answer) => [answer.name, answer]));
  return all.filter((answer) => known.get(answer.name) === answer && answer.addresses.length > 0);
}

export const insideOf = ({ apps, inside }: Dns, { name }: App): Inside => apps[name] ?? inside;

function appAddresses(asker: Asker, { edges }: App, inside: Inside): readonly string[] {
  const { inventory } = asker;
  if (inside === 'public') {
    return fourFirst([...new Set(edges.flatMap((edge) => outsideAddresses(inventory, edge) ?? []))]);
  }
  if (inside !== 'nearest') return addressesOf(asker, inside);
  const ways = edges.map((edge) => waysTo(asker, edge, outsideAddresses(inventory, edge) ?? []));
  const nearest = Math.min(
    ...ways.map((way) => way.findIndex((one) => one.length > 0)).filter((at) => at >= 0),
  );
  return fourFirst([...new Set(ways.flatMap((way) => way[nearest] ?? []))]);
}

const addressesOf = (asker: Asker, targets: readonly Target[]): readonly string[] =>
  fourFirst([
    ...new Set(
      targets.flatMap((target) => ('node' in target ? nearestOf(asker, target.node) : [target.address])),
    ),
  ]);

function nearestOf(asker: Asker, name: string): readonly string[] {
  const { publicAddresses: own = [] } = atlasOf(asker.inventory).nodes.get(name) ?? {};
  return waysTo(asker, name, own).find((way) => way.length > 0) ?? [];
}

/** A node's addresses from the nearest to the farthest, for who asks at a place. */
function waysTo(
  { inventory, facts, place }: Asker,
  name: string,
  fromInternet: readonly string[],
): readonly (readonly string[])[] {
  const { lanAddresses = [] } = atlasOf(inventory).nodes.get(name) ?? {};
  const networks = [...networksOf(inventory, name), ...(inventory.tailnets ?? [])];
  const overlay = networks
    .map((network) => overlayAddresses(inventory, facts, network.name, name))
    .find((addresses) => addresses.length > 0);
  // A LAN that isn't the asker's own may be routed there, and so may an overlay.
  const [third, fourth] =
    place.kind === 'lan' ? [overlay ?? [], lanAddresses] : [lanAddresses, overlay ?? []];
  return [addressesAt(inventory, facts, place, name), fromInternet, third, fourth];
}
