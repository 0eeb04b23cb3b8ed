import { contains, fourFirst, hostRoute, inRange, isWithin, spanOf } from '../../../model/address.js';
import { atlasOf, membersOf } from '../../../model/atlas.js';
import type { Inventory, Network, Reach, Service } from '../../../model/inventory.js';
import { clientOf, inFamiliesOf } from '../../../model/shape.js';
import type { Allowed, AllowedService } from './types.js';

/** Ranges that are not the internet: a client that may reach the internet through a hub may not reach these near the hub. */
export const NOT_INTERNET = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
] as const;

/** What the client of that name may reach; throws when the network has no such client. */
export function reachOf(inventory: Inventory, network: Network, client: string): Allowed {
  const { addresses, reach, tunnel } = clientOf(network, client);
  const everything: Reach[] = [{ kind: 'overlay' }, { kind: 'lan' }];
  if (tunnel === 'full') everything.push({ kind: 'internet' });
  const targets = reach === 'all' ? everything : reach;
  const rangesFor = (chosen: readonly Reach[]): string[] => {
    const ranges = chosen.flatMap((target) => rangesOf(inventory, network, target));
    return outermost(inFamiliesOf(addresses, fourFirst(ranges)));
  };
  const ranges = rangesFor(targets.filter((target) => serviceOf(target) === undefined));
  const services = distinctServices(targets).flatMap((service) =>
    rangesFor(targets.filter((target) => isSame(serviceOf(target), service)))
      .filter((range) => !ranges.some((outer) => isWithin(range, outer)))
      .map((range): AllowedService => ({ range, ...service })),
  );
  return {
    ranges,
    services,
    internet: network.internet && targets.some(({ kind }) => kind === 'internet'),
  };
}

/** Whether packets of a client to a port of an address pass its hub, the internet left out. */
export function mayReach({ ranges, services }: Allowed, address: string, service: Service): boolean {
  return [...ranges, ...services.filter((one) => isSame(one, service)).map(({ range }) => range)].some(
    (range) => inRange(address, range),
  );
}

const serviceOf = (target: Reach): Service | undefined => ('service' in target ? target.service : undefined);

const isSame = (a: Service | undefined, b: Service): boolean =>
  a?.protocol === b.protocol && a.port === b.port;

function distinctServices(targets: readonly Reach[]): Service[] {
  const services = targets.flatMap((target) => serviceOf(target) ?? []);
  return services.filter((service, i) => services.findIndex((other) => isSame(other, service)) === i);
}

/** The ranges behind the tunnel that one target means; none for the internet. */
export function rangesOf(inventory: Inventory, network: Network, target: Reach): string[] {
  switch (target.kind) {
    case 'overlay':
      return [...network.ranges];
    case 'lan':
      return network.advertises.flatMap(({ subnets }) => subnets);
    case 'node':
      return nodeRoutes(inventory, network, target.node);
    case 'range':
      return [target.range];
    case 'internet':
      return [];
  }
}

/** A node's own overlay addresses, and those of its LAN addresses that are advertised. */
function nodeRoutes(inventory: Inventory, network: Network, name: string): string[] {
  const subnets = network.advertises.flatMap((one) => one.subnets).map(spanOf);
  const onLan = atlasOf(inventory).nodes.get(name)?.lanAddresses ?? [];
  const advertised = onLan.filter((address) => subnets.some((subnet) => contains(subnet, address)));
  return [...(membersOf(network).get(name)?.addresses ?? []), ...advertised].map(hostRoute);
}

/** Ranges without those contained in another; of two equal ones, the first stays. */
export function outermost(ranges: readonly string[]): string[] {
  const unique = [...new Set(ranges)];
  return unique.filter((range) => !unique.some((outer) => outer !== range && isWithin(range, outer)));
}
