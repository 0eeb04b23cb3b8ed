import { parseDocument } from 'yaml';
import { removeEntry } from '../../document/index.js';
import { networksOfKind } from '../../layers/shared/network-kind.js';
import type { InventoryText } from '../../layers/wireguard/inventory/edit-clients.js';
import type { OneOrMore, RawInventory, RawNetwork, RawTailnet } from '../../model/raw.js';

type Path = readonly string[];

/** The entry, or the mapping or list that contains nothing else. */
function aloneOr(entry: Path, holder: unknown): Path {
  const size = Array.isArray(holder) ? holder.length : Object.keys(holder ?? {}).length;
  return size === 1 ? entry.slice(0, -1) : entry;
}

function withoutPaths({ file, text }: InventoryText, paths: readonly Path[]): string {
  return paths.reduce((now, path) => removeEntry(file, now, path), text);
}

const rawOf = (text: string): RawInventory => (parseDocument(text).toJS() ?? {}) as RawInventory;

/** The text of the inventory with a node removed from every network; comments stay. */
export function leaveNetworks({ file, text }: InventoryText, node: string): string {
  const { networks } = rawOf(text);
  const tunnels = networksOfKind<RawNetwork>(networks, 'wireguard').flatMap(([name, network]): Path[] => {
    const at = ['networks', name];
    return [
      ...(node in (network.addresses ?? {}) ? [[...at, 'addresses', node]] : []),
      ...(node in (network.advertise ?? {}) ? [aloneOr([...at, 'advertise', node], network.advertise)] : []),
      ...(node in (network.hubOf ?? {}) ? [aloneOr([...at, 'hubOf', node], network.hubOf)] : []),
    ];
  });
  const tailnets = networksOfKind<RawTailnet>(networks, 'tailscale').flatMap(([name, network]) =>
    inTailnet(['networks', name], network, node),
  );
  return withoutPaths({ file, text }, [...tunnels, ...tailnets]);
}

/** Where a tailnet names a node; the last of its members stays, for without that list all nodes would be members. */
function inTailnet(at: Path, network: RawTailnet, node: string): Path[] {
  const { members, accept, exitNodes, advertise = {}, exitNode = {} } = network;
  const inList = (key: string, written: OneOrMore | undefined, last: readonly Path[]): readonly Path[] => {
    const list = [written ?? []].flat();
    if (!list.includes(node)) return [];
    return list.length === 1 ? last : [[...at, key, String(list.indexOf(node))]];
  };
  const exits = Object.entries(exitNode).filter(([user, exit]) => [user, exit].includes(node));
  return [
    ...inList('members', members, []),
    ...inList('accept', accept, [[...at, 'accept']]),
    ...inList('exitNodes', exitNodes, [[...at, 'exitNodes']]),
    ...(node in advertise ? [aloneOr([...at, 'advertise', node], advertise)] : []),
    ...(exits.length === Object.keys(exitNode).length && exits.length > 0
      ? [[...at, 'exitNode']]
      : exits.map(([user]) => [...at, 'exitNode', user])),
  ];
}

/** The same without the node, and without the forwards to it. */
export function removeNode({ file, text }: InventoryText, node: string): string {
  const left = leaveNetworks({ file, text }, node);
  const forwards = Object.entries(rawOf(left).sites ?? {}).flatMap(
    ([name, { forwards: all = [] }]): Path[] => {
      const path = ['sites', name, 'forwards'];
      const own = all.flatMap((forward, index) => (forward?.node === node ? [index] : []));
      if (own.length === all.length) return own.length === 0 ? [] : [path];
      // Last first: each removal shifts the ones after it.
      return own.reverse().map((index) => [...path, String(index)]);
    },
  );
  return withoutPaths({ file, text: left }, [...forwards, ['nodes', node]]);
}
