import { parseDocument } from 'yaml';
import { removeEntry } from '../../document/index.js';
import type { InventoryText } from '../../layers/wireguard/inventory/edit-clients.js';
import type { RawInventory } from '../../model/raw.js';

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
  const paths = Object.entries(rawOf(text).networks ?? {}).flatMap(([name, network]): Path[] => {
    const at = ['networks', name];
    return [
      ...(node in (network.addresses ?? {}) ? [[...at, 'addresses', node]] : []),
      ...(node in (network.advertise ?? {}) ? [aloneOr([...at, 'advertise', node], network.advertise)] : []),
      ...(node in (network.hubOf ?? {}) ? [aloneOr([...at, 'hubOf', node], network.hubOf)] : []),
    ];
  });
  return withoutPaths({ file, text }, paths);
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
