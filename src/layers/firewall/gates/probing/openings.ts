import { inRange } from '../../../../model/address.js';
import type { Inventory, Opening } from '../../../../model/inventory.js';
import { TAILNET_LINK } from '../../../tailscale/daemon/paths.js';
import type { HeldPort, Port } from './sockets.js';
import type { Way } from './ways.js';

/** A node's openings; sshd's are at the ports that it really listens on, where these are known. */
export function openingsOf(
  inventory: Inventory,
  node: string,
  held: readonly HeldPort[] = [],
): readonly Opening[] {
  const logins = held.filter(({ isSshd, protocol }) => isSshd && protocol === 'tcp');
  return inventory.openings
    .filter((one) => one.node === node)
    .flatMap((one) =>
      one.isSsh && logins.length > 0 ? logins.map(({ port }): Opening => ({ ...one, port })) : [one],
    );
}

/** Where a packet comes from and the interface that it arrives on; undefined if that isn't known. */
export interface Arrival {
  readonly source?: string;
  readonly device?: string;
}

const holdsPort = ({ protocol, port, toPort = port }: Opening, probed: Port): boolean =>
  protocol === probed.protocol && port <= probed.port && probed.port <= toPort;

/** The opening that lets the packet in. */
export function openingFor(
  openings: readonly Opening[],
  port: Port,
  { source, device }: Arrival,
): Opening | undefined {
  return openings.find(
    (opening) =>
      holdsPort(opening, port) &&
      (opening.interface === undefined || opening.interface === device) &&
      (opening.sources === 'anyone' ||
        (source !== undefined && opening.sources.some((range) => inRange(source, range)))),
  );
}

/**
 * Whether the inventory already says that packets on this way must get in. What anyone may reach, a tailnet's policy may still keep from
 * its members.
 */
export function mustArrive(openings: readonly Opening[], port: Port, way: Way): boolean {
  const asking = openings.filter(
    ({ sources, neededBy = [way.from] }) =>
      neededBy.includes(way.from) && (sources !== 'anyone' || way.device !== TAILNET_LINK),
  );
  return openingFor(asking, port, way) !== undefined;
}

/** The ports of an opening that are probed: a range's first and last. */
export function probedPorts({ protocol, port, toPort }: Opening): readonly Port[] {
  return [port, ...(toPort === undefined ? [] : [toPort])].map((one) => ({ protocol, port: one }));
}
