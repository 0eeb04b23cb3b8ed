import type { Inventory, Network } from '../../../model/inventory.js';
import type { SeenInterface } from './live.js';

/** Names of an interface's peers as last written on the node, by public key. */
export function formerNames({
  record,
  config,
}: Pick<SeenInterface, 'record' | 'config'>): ReadonlyMap<string, string> {
  const blocks = (config?.text ?? '').split(/^\[Peer\]$/m).slice(1);
  const commented = blocks.flatMap((block): [string, string][] => {
    const name = /^# (\S+) \(/m.exec(block)?.[1];
    const key = /^PublicKey = (\S+)$/m.exec(block)?.[1];
    return name === undefined || key === undefined ? [] : [[key, name]];
  });
  const recorded = (record?.peers ?? []).map(({ publicKey, name }): [string, string] => [publicKey, name]);
  return new Map([...commented, ...recorded]);
}

/** A peer to be removed, as people know it, and why: `c: it is not a member of network home any more`. */
export interface GonePeer {
  readonly name: string;
  readonly why: string;
  /** Whether it comes back with another key. */
  readonly returns?: true;
}

/** Names a peer that is no longer wanted; undefined if its name is unknown. */
export function goneFrom(
  { nodes }: Inventory,
  { name: network, members, clients, unmanaged }: Network,
  wantedPeers: ReadonlySet<string>,
  former: string | undefined,
): GonePeer | undefined {
  if (former === undefined) return undefined;
  const isThere = [
    ...members.map(({ node }) => node),
    ...[...clients, ...unmanaged].map(({ name }) => name),
  ].includes(former);
  if (wantedPeers.has(former)) return { name: former, why: 'it has a new key', returns: true };
  if (isThere) return { name: former, why: `it is reached another way in network ${network}` };
  const known = nodes.some(({ name }) => name === former);
  if (known) return { name: former, why: `it is no longer a member of network ${network}` };
  return { name: former, why: 'it is no longer in the inventory' };
}
