import { isPublic } from '../../model/address-purpose.js';
import { atlasOf, networksOf } from '../../model/atlas.js';
import type { Inventory } from '../../model/inventory.js';
import { overlayAddresses } from '../edge/overlay.js';
import type { Facts } from '../step.js';
import { membershipOf } from '../tailscale/inventory/members.js';

/** From where a name is asked for. Each is answered at addresses of its own, so that each can get answers of its own. */
export type Place =
  | { readonly kind: 'lan'; readonly site: string }
  | { readonly kind: 'network'; readonly network: string };

/** What a serving node answers at one place. */
export interface View {
  /** Letters, digits and dashes: names its file and its unit. */
  readonly id: string;
  readonly server: string;
  readonly place: Place;
}

/** A view with the addresses at which it is answered. */
export interface ServedView extends View {
  /** Bare. IPv4 first. */
  readonly addresses: readonly string[];
}

/** The places at which a node can answer: its LAN, and each network that it is in. */
export function viewsOf(inventory: Inventory, server: string): View[] {
  const { site, lanAddresses = [] } = atlasOf(inventory).nodes.get(server) ?? {};
  const tailnet = membershipOf(inventory, server)?.tailnet.name;
  const networks = [
    ...networksOf(inventory, server).map(({ name }) => name),
    ...(tailnet === undefined ? [] : [tailnet]),
  ];
  return [
    ...(site === undefined || lanAddresses.length === 0
      ? []
      : [{ id: 'lan', server, place: { kind: 'lan', site } as const }]),
    ...networks.map(
      (network): View => ({
        id: `network-${network}`,
        server,
        place: { kind: 'network', network },
      }),
    ),
  ];
}

/** A node's own addresses at a place, IPv4 first; in a tailnet they are known once it was seen there. */
export function addressesAt(
  inventory: Inventory,
  facts: Facts,
  place: Place,
  name: string,
): readonly string[] {
  if (place.kind === 'network') return overlayAddresses(inventory, facts, place.network, name);
  const node = atlasOf(inventory).nodes.get(name);
  return node?.site === place.site ? node.lanAddresses : [];
}

/** Whether anybody on the internet could ask at an address of a LAN: dnsmasq turns nobody away, and no firewall rule does. */
export const isOpenToAll = ({ dns, closed }: Inventory, { server, place }: View, address: string): boolean =>
  place.kind === 'lan' && dns?.resolver === 'dnsmasq' && !closed.includes(server) && isPublic(address);

/** Those of a node that can be answered by now, without addresses at which it would answer the internet. */
export const servedViews = (inventory: Inventory, facts: Facts, server: string): ServedView[] =>
  viewsOf(inventory, server)
    .map((view) => ({
      ...view,
      addresses: addressesAt(inventory, facts, view.place, server).filter(
        (address) => !isOpenToAll(inventory, view, address),
      ),
    }))
    .filter(({ addresses }) => addresses.length > 0);

/** `the LAN of home`, `network mesh` */
export const placeText = (place: Place): string =>
  place.kind === 'lan' ? `the LAN of ${place.site}` : `network ${place.network}`;
