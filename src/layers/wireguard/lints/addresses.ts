import { familyOf, inRange, isReserved, spanOf } from '../../../model/address.js';
import type { Inventory } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import { freeIn } from '../inventory/missing.js';

/** Addresses that are duplicate, outside their range, or reserved in it. */
export function lintAddresses(inventory: Inventory): Lint[] {
  return [...overlayAddresses(inventory), ...lanAddresses(inventory), ...publicAddresses(inventory)];
}

/** The next free address of the same family; nothing if none is known to be free. */
type NextFree = (address: string) => string | undefined;

const UNKNOWN: NextFree = () => undefined;

interface Placed {
  readonly address: string;
  readonly path: readonly string[];
  /** What has the address, as worded in messages. */
  readonly owner: string;
}

function overlayAddresses({ networks }: Inventory): Lint[] {
  return networks.flatMap(({ name, ranges, members, clients }) => {
    const owners = [
      ...members.map(({ node, addresses }) => ({ owner: node, addresses, at: ['addresses', node] })),
      ...clients.map((one) => ({
        owner: one.name,
        addresses: one.addresses,
        at: ['clients', one.name, 'address'],
      })),
    ];
    const placed = owners.flatMap(({ owner, addresses, at }) =>
      addresses.map((address) => ({ address, path: ['networks', name, ...at], owner })),
    );
    const range = { path: ['networks', name, 'range'], ranges };
    const taken = placed.map(({ address }) => address);
    const free = ranges.map((one) => ({ range: one, addresses: freeIn(one, taken) }));
    const next: NextFree = (address) =>
      free.find((one) => familyOf(one.range) === familyOf(address))?.addresses.next().value;
    return [...twice(placed, next), ...placed.flatMap((one) => misplaced(one, range, next))];
  });
}

function lanAddresses({ sites, nodes }: Inventory): Lint[] {
  return sites.flatMap(({ name, subnets, router }) => {
    const placed = nodes
      .filter(({ site }) => site === name)
      .flatMap((node) =>
        node.lanAddresses.map((address) => ({
          address,
          path: ['nodes', node.name, 'lan'],
          owner: node.name,
        })),
      );
    if (router !== undefined) {
      placed.unshift({ address: router, path: ['sites', name, 'router'], owner: `the router of ${name}` });
    }
    const range = { path: ['sites', name, 'subnet'], ranges: subnets };
    return [...twice(placed), ...placed.flatMap((one) => misplaced(one, range))];
  });
}

function publicAddresses({ sites, nodes }: Inventory): Lint[] {
  const routers = new Map(
    sites.flatMap(({ name, publicAddresses }) => publicAddresses.map((a) => [a, name])),
  );
  const placed = nodes.flatMap(({ name, publicAddresses }) =>
    publicAddresses.map((address) => ({ address, path: ['nodes', name, 'public'], owner: name })),
  );
  const routed = placed.flatMap(({ address, path }): Lint[] => {
    const site = routers.get(address);
    if (site === undefined) return [];
    const message = `${address} is the public address of the router of ${site}`;
    const fix = 'remove public from a node that is reached through its router';
    return [{ severity: 'error', path, value: address, message, fix }];
  });
  return [...twice(placed), ...routed];
}

function twice(placed: readonly Placed[], next = UNKNOWN): Lint[] {
  const first = new Map<string, string>();
  return placed.flatMap(({ address, path, owner }): Lint[] => {
    const taken = first.get(address);
    if (taken === undefined) {
      first.set(address, owner);
      return [];
    }
    const message =
      taken === owner ? `duplicate address ${address}` : `${address} is already used by ${taken}`;
    const fix = `give each its own address${such(next(address))}`;
    return [{ severity: 'error', path, value: address, message, fix }];
  });
}

function misplaced(
  { address, path }: Placed,
  range: { readonly path: readonly string[]; readonly ranges: readonly string[] },
  next = UNKNOWN,
): Lint[] {
  const finding = { severity: 'error' as const, path, value: address, needs: range.path };
  const home = range.ranges.find((one) => inRange(address, one));
  if (home === undefined) {
    const known = range.ranges.join(' and ') || 'any range';
    const message = `${address} is outside ${known}`;
    return [
      {
        ...finding,
        message,
        fix: `choose one inside${such(next(address))}, or widen ${range.path.join('.')}`,
      },
    ];
  }
  const kind = isReserved(spanOf(home), address);
  if (kind === undefined) return [];
  return [
    {
      ...finding,
      message: `${address} is the ${kind} address of ${home}`,
      fix: `choose another${such(next(address))}`,
    },
  ];
}

const such = (free: string | undefined): string => (free === undefined ? '' : `, such as ${free}`);
