import { bareAddress } from '../../../model/address.js';
import { memberOf, networksOf } from '../../../model/atlas.js';
import type { Inventory, Network, Node } from '../../../model/inventory.js';
import type { Facts } from '../../step.js';
import { parseConfig } from '../overlay/parse-config.js';
import { isKin, knownPublicKeys } from '../ownership/verdict.js';
import type { Left } from './probe.js';

const NO_KEYS: ReadonlySet<string> = new Set();
export interface Moved {
  readonly inventory: Inventory;
  readonly network: Network;
  readonly node: string;
}

/** The interface that a network had on a node before it was given another name; undefined if it is new there. */
export function previousOf({ inventory, network, node }: Moved, left: readonly Left[]): Left | undefined {
  const { addresses } = memberOf(network, node);
  const had = ({ seen: { record, config } }: Left): boolean => {
    const own = record?.addresses ?? parseConfig(config?.text ?? '').addresses.map(bareAddress);
    const sameAddress = own.some((address) => addresses.includes(address));
    if (record === undefined) return sameAddress;
    if (record.inventory !== inventory.name) return false;
    return isKin(record, inventory, NO_KEYS) ? record.network === network.name || sameAddress : sameAddress;
  };
  const candidates = left.filter(had);
  return candidates.find(({ seen }) => seen.record?.network === network.name) ?? candidates[0];
}

/** A peer of a configuration that we wrote, by its comment and endpoint: `# wk-1 (…)`. */
function namesNodeOf({ nodes, sites }: Inventory, self: string, text: string): boolean {
  const blocks = text.split(/^\[Peer\]$/m).slice(1);
  return blocks.some((block) => {
    const name = /^# (\S+) \(/m.exec(block)?.[1];
    const endpoint = /^Endpoint = \[?(.+?)\]?:\d+$/m.exec(block)?.[1] ?? '';
    const node = nodes.find((one) => one.name === name && one.name !== self);
    const site = sites.find((one) => one.name === node?.site);
    return [node?.publicAddresses, node?.lanAddresses, site?.publicAddresses].some((all) =>
      all?.includes(endpoint),
    );
  });
}

/** Whether an interface that is not wanted was made for this inventory; another inventory's is left alone. */
export function isOurs(left: Left, inventory: Inventory, node: Node, facts: Facts): boolean {
  const moved = networksOf(inventory, node.name).some(
    (network) => previousOf({ inventory, network, node: node.name }, [left]) !== undefined,
  );
  if (moved) return true;
  const { record, config } = left.seen;
  const keys = knownPublicKeys(inventory, facts);
  if (record !== undefined) return isKin(record, inventory, keys);
  const text = config?.text ?? '';
  return (
    parseConfig(text).peers.some(({ publicKey }) => keys.has(publicKey)) ||
    namesNodeOf(inventory, node.name, text)
  );
}
