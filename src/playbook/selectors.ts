import { show, suggest } from '../document/index.js';
import { forwardsPackets } from '../layers/wireguard/overlay/peers.js';
import type { Inventory, Network, Node } from '../model/inventory.js';
import { isGateway, isHub } from '../model/shape.js';
import type { Selector } from './types.js';

const PREFIXED = /^(role|site):(.*)$/;
/** What could mean a node of some inventory. */
const NAMED = /^(?:(?:role|site):)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

interface Part {
  readonly has: (inventory: Inventory, network: Network, node: string) => boolean;
  /** Why no node may have it. None: it stands for whatever the inventory calls for, and that may be nothing. */
  readonly nobody?: string;
}

/** Selectors that stand for the nodes with a part in some network. */
const PARTS: ReadonlyMap<Selector, Part> = new Map<Selector, Part>([
  ['members', { has: (_inventory, { members }, node) => members.some((member) => member.node === node) }],
  ['hub', { has: (_inventory, network, node) => isHub(network, node), nobody: 'no network has shape: hub' }],
  [
    'gateway',
    { has: (_inventory, network, node) => isGateway(network, node), nobody: 'no member advertises a LAN' },
  ],
  ['forwarding', { has: forwardsPackets }],
]);

/** Whether a selector means a node. */
export function selects(inventory: Inventory, node: Node, selector: Selector): boolean {
  const [, key, value] = PREFIXED.exec(selector) ?? [];
  if (key === 'role') return node.role === value;
  if (key === 'site') return node.site === value;
  if (selector === 'all') return true;
  const part = PARTS.get(selector);
  if (part) return inventory.networks.some((network) => part.has(inventory, network, node.name));
  return node.name === selector;
}

export interface SelectorProblem {
  readonly message: string;
  readonly fix: string;
}

const OPTIONAL = 'write "optional: true" beside it if it may concern no node';
const OR_OPTIONAL = `(or ${OPTIONAL})`;

function knownSelectors({ nodes }: Inventory): string[] {
  const groups = nodes.flatMap(({ role, site }) => [
    ...(role === undefined ? [] : [`role:${role}`]),
    ...(site === undefined ? [] : [`site:${site}`]),
  ]);
  return [...nodes.map(({ name }) => name), ...new Set(groups)];
}

/**
 * What is wrong with a selector that means no node of an inventory. `members` and `forwarding` may mean none, and with
 * `optional` so may every other that could mean a node of another inventory.
 */
export function selectorProblem(
  inventory: Inventory,
  selector: Selector,
  optional: boolean,
): SelectorProblem | undefined {
  if (inventory.nodes.some((node) => selects(inventory, node, selector))) return undefined;
  const part = PARTS.get(selector);
  const message = `${show(selector)} selects no node`;
  if (part !== undefined) {
    const excused = optional || part.nobody === undefined;
    return excused ? undefined : { message: `${message}: ${part.nobody}`, fix: OPTIONAL };
  }
  const known = knownSelectors(inventory);
  const words = ['all', ...PARTS.keys()];
  if (!NAMED.test(selector)) {
    return { message: `${show(selector)} is no selector`, fix: suggest(selector, [...words, ...known]) };
  }
  if (optional) return undefined;
  const [, key, value = ''] = PREFIXED.exec(selector) ?? [];
  const alike = key === undefined ? [...words, ...known] : known.filter((one) => one.startsWith(`${key}:`));
  const empty = key === 'site' && inventory.sites.some(({ name }) => name === value);
  if (empty) return { message: `${message}: none stands in site ${value}`, fix: OPTIONAL };
  const none = key === 'role' ? 'no node has a role' : 'no node stands in a site';
  return { message, fix: `${suggest(selector, alike, none)} ${OR_OPTIONAL}` };
}
