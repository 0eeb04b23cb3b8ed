import type { Network } from '../../../../model/inventory.js';
import { integer, type Lines, numbered, only } from '../../../../remote/reply-lines.js';
import type { InNetwork } from '../shared/members.js';

/** What a node printed of one network. */
export interface Shakes {
  /** Unix seconds, of the node's clock. */
  readonly clock: number;
  /** When the interface's config was written, in unix seconds. */
  readonly changed: number;
  /** Unix seconds by public key; 0 if there was none. */
  readonly shakes: ReadonlyMap<string, number>;
  /** Public keys of peers whose packets arrived while the gate waited. */
  readonly heard: ReadonlySet<string>;
}

/** Parses a node's reply about its networks, in the order in which they were asked. */
export function parseShakes(lines: Lines, networks: readonly Network[]): readonly InNetwork<Shakes>[] {
  return networks.map((network, number) => ({
    network,
    seen: {
      clock: integer(only(lines, 'clock')[0]),
      changed: integer(numbered(lines, 'changed', number)[0]?.[0] ?? '0'),
      shakes: new Map(numbered(lines, 'shake', number).map(([key = '', time]) => [key, integer(time)])),
      heard: new Set(numbered(lines, 'heard', number).map(([key = '']) => key)),
    },
  }));
}
