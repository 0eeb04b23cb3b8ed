import { type Family, familyOf } from '../../../model/address.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';

/** Overlay addresses of families that others lack, and an MTU that IPv6 does not allow. */
export function lintFamilies({ networks }: Inventory): Lint[] {
  return networks.flatMap((network) => [...apart(network), ...unpassed(network), ...mtu(network)]);
}

interface End {
  readonly name: string;
  readonly path: readonly string[];
  readonly families: ReadonlySet<Family>;
}

function endsOf({ name: network, members, clients }: Network): End[] {
  const families = (addresses: readonly string[]) => new Set(addresses.map(familyOf));
  return [
    ...members.map(({ node, addresses }) => ({
      name: node,
      path: ['networks', network, 'addresses', node],
      families: families(addresses),
    })),
    ...clients.map(({ name, addresses }) => ({
      name,
      path: ['networks', network, 'clients', name, 'address'],
      families: families(addresses),
    })),
  ];
}

/** Pairs without a common family, reported at the later member. */
function apart(network: Network): Lint[] {
  const first = new Map<Family, string>();
  return endsOf(network).flatMap(({ name, path, families }): Lint[] => {
    const [own, more] = families;
    if (own === undefined || more !== undefined) return [];
    if (!first.has(own)) first.set(own, name);
    const lacking = own === 4 ? 6 : 4;
    const other = first.get(lacking);
    if (other === undefined) return [];
    const message = `${name} has no IPv${lacking} address, and ${other} has only IPv${lacking}`;
    const fix = `give ${name} an IPv${lacking} address in the network`;
    return [{ severity: 'error', path, message, fix, needs: ['networks', network.name] }];
  });
}

/** A hub can't forward packets of a family that it lacks. */
function unpassed(network: Network): Lint[] {
  const ends = endsOf(network);
  const hubs = ends.filter(({ name, families }) => network.hubs.includes(name) && families.size > 0);
  return hubs.flatMap((hub) =>
    ([4, 6] as const).flatMap((family): Lint[] => {
      const served = ends.find(({ name, families }) => name !== hub.name && families.has(family));
      if (!served || hub.families.has(family)) return [];
      const message = `${served.name} has an IPv${family} address, and the hub ${hub.name} has none`;
      const fix = `give ${hub.name} an IPv${family} address in the network`;
      return [{ severity: 'error', path: hub.path, message, fix, needs: ['networks', network.name] }];
    }),
  );
}

/** Bytes; RFC 8200, section 5. Below it Linux takes IPv6 off the interface. */
const LEAST_MTU6 = 1280;

function mtu({ name, mtu: bytes, ranges }: Network): Lint[] {
  if (bytes >= LEAST_MTU6 || !ranges.some((range) => familyOf(range) === 6)) return [];
  const message = `${bytes} is too small: IPv6 needs at least ${LEAST_MTU6}`;
  const fix = `set it to ${LEAST_MTU6} or more, or remove the IPv6 range`;
  return [{ severity: 'error', path: ['networks', name, 'mtu'], message, fix }];
}
