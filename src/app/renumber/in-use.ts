import { isIP } from 'node:net';
import type { Problem } from '../../core/errors.js';
import type { Path, YamlDocument } from '../../document/index.js';
import { canonical, inRange } from '../../model/address.js';
import type { RawInventory } from '../../model/raw.js';
import type { Wish } from './wish.js';

/** SSH addresses within the network: no login could confirm the change that takes them away. */
export function addressesInUse(document: YamlDocument, raw: RawInventory, wish: Wish): Problem[] {
  const { defaults, nodes = {} } = raw;
  const places: readonly (readonly [path: Path, host: string | undefined])[] = [
    [['defaults', 'ssh', 'jump'], hostOf(defaults?.ssh?.jump)],
    ...Object.entries(nodes).flatMap(([name, { ssh }]) => [
      [['nodes', name, 'ssh', 'host'], ssh?.host] as const,
      [['nodes', name, 'ssh', 'jump'], hostOf(ssh?.jump)] as const,
    ]),
  ];
  return places
    .filter(([, host]) => isMoved(host, wish))
    .map(([path, host]) =>
      document.problem(
        path,
        `${host} is in network ${wish.network}, so the login would be lost with the old addresses`,
        'use an address outside the network, such as a public one or one in the LAN',
      ),
    );
}

/** Whether it is an address in a range that is replaced. */
export function isMoved(host: string | undefined, { ranges }: Wish): boolean {
  if (host === undefined || isIP(host) === 0) return false;
  return ranges.some(({ from }) => inRange(canonical(host), from));
}

/** The host of `user@host:port`. */
const hostOf = (jump: string | undefined): string | undefined =>
  jump?.replace(/^.*@/, '').replace(/^\[(.*)\](:\d+)?$|^([^:]*):\d+$/, '$1$3');
