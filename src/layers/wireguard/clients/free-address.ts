import { addressAt, bareAddress } from '../../../model/address.js';
import type { Network } from '../../../model/inventory.js';

/** The parts of a network that show which addresses are used. */
type Addressed = {
  readonly ranges: Network['ranges'];
  readonly members: Network['members'];
  readonly clients: readonly Pick<Network['clients'][number], 'name' | 'addresses'>[];
  readonly unmanaged?: Network['unmanaged'];
};

/**
 * The lowest free address of each range of a network; with the same host number in both families if there is one. Undefined
 * for a full range. An address is free as soon as no member or client has it.
 */
export function freeAddresses(network: Addressed): (string | undefined)[] {
  const taken = takenAddresses(network);
  const offsets = Array.from({ length: 2 * taken.size + 4 }, (_, offset) => offset);
  const free = (range: string, offset: number) => {
    const address = addressAt(range, offset);
    return address !== undefined && !taken.has(address) ? address : undefined;
  };
  const common = offsets.find((offset) => network.ranges.every((range) => free(range, offset) !== undefined));
  return network.ranges.map((range) => {
    const own = offsets.find((offset) => free(range, offset) !== undefined);
    const offset = common ?? own;
    return offset === undefined ? undefined : free(range, offset);
  });
}

/** Overlay addresses and their owners. */
export function takenAddresses({
  members,
  clients,
  unmanaged = [],
}: Omit<Addressed, 'ranges'>): ReadonlyMap<string, string> {
  return new Map([
    ...members.flatMap(({ node, addresses }) =>
      addresses.map((address): [string, string] => [address, node]),
    ),
    ...clients.flatMap(({ name, addresses }) =>
      addresses.map((address): [string, string] => [address, name]),
    ),
    ...unmanaged.flatMap(({ name, allowedIps }) =>
      allowedIps.map((range): [string, string] => [bareAddress(range), name]),
    ),
  ]);
}
