import { bareAddress, familyOf, inRange, networkOf, prefixLength } from '../../../model/address.js';
import type { DraftNetwork } from '../../draft/draft.js';
import type { Found, Tunnel } from '../found.js';
import type { Party } from './parties.js';

type Settings = Pick<DraftNetwork, 'mtu' | 'keepalive'> & {
  readonly interface: string;
  readonly port: number;
};

/** The settings that an inventory has once for a network: the hubs' values, else the most frequent ones. */
export function settingsOf(nodes: readonly Party[], hubs: readonly Party[]): Settings {
  const tunnels = nodes.flatMap(({ tunnel }) => tunnel ?? []);
  const port =
    most(hubs.map(({ tunnel }) => tunnel?.listenPort)) ??
    most(hubs.flatMap(({ endpoints }) => endpoints.map((one) => one.port))) ??
    most(tunnels.map(({ listenPort }) => listenPort)) ??
    most(nodes.flatMap(({ endpoints }) => endpoints.map((one) => one.port)));
  const mtu = most(tunnels.map((one) => one.mtu));
  const keepalive = most(tunnels.flatMap(({ peers }) => peers.map((peer) => peer.keepalive)));
  return {
    interface: most(tunnels.map((one) => one.interface)) ?? 'wg0',
    port: port ?? 51820,
    ...(mtu !== undefined && { mtu }),
    ...(keepalive !== undefined && { keepalive }),
  };
}

/** Notes each machine with another port or interface than its network. */
export function differences(nodes: readonly Party[], wanted: Settings, found: Found): void {
  for (const { at, owner, listenPort, ...tunnel } of nodes.flatMap((node) => node.tunnel ?? [])) {
    if (listenPort !== undefined && listenPort !== wanted.port) {
      found.note(
        at,
        `${owner} listens on ${listenPort}; in the inventory the network has port ${wanted.port}`,
      );
    }
    if (tunnel.interface !== wanted.interface) {
      const message = `${owner} calls the interface ${tunnel.interface}; in the inventory it is ${wanted.interface}`;
      found.note(at, message);
    }
  }
}

/** The ranges that the addresses are written with, the widest of each family, or else a /24 or /64 that contains all addresses. */
export function rangesOf(group: readonly Tunnel[]): { ranges: string[]; guessed: boolean } {
  const written = group.flatMap(({ addresses }) => addresses);
  const peers = group.flatMap((tunnel) => tunnel.peers.flatMap(({ allowedIps }) => allowedIps));
  const families = ([4, 6] as const).filter((family) => written.some((one) => familyOf(one) === family));
  let guessed = false;
  const ranges = families.map((family) => {
    const bits = family === 4 ? 32 : 128;
    const own = written.filter((one) => familyOf(one) === family);
    const networks = own.filter((one) => prefixLength(one) < bits).map(networkOf);
    const widest = networks.toSorted((a, b) => prefixLength(a) - prefixLength(b))[0];
    if (widest !== undefined) return widest;
    guessed = true;
    const all = [...own, ...peers.filter((one) => familyOf(one) === family && prefixLength(one) === bits)];
    return rangeAround(all.map(bareAddress), family === 4 ? 24 : 64);
  });
  return { ranges, guessed };
}

/** The narrowest range with at most that prefix length (and at least /8) around the first address that contains all of them. */
function rangeAround(addresses: readonly string[], longest: number): string {
  for (let length = longest; length > 8; length -= 1) {
    const range = networkOf(`${addresses[0]}/${length}`);
    if (addresses.every((one) => inRange(one, range))) return range;
  }
  return networkOf(`${addresses[0]}/8`);
}

/** The most frequent value; undefined if there is none. */
function most<T>(values: readonly (T | undefined)[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
