import { count } from '../../core/text.js';
import type { Inventory, Node, Site } from '../../model/inventory.js';
import type { Paint } from '../colour.js';
import { table } from '../table.js';
import { wrapWords } from '../text.js';
import { type Block, beside, box, rowsOf, widthOf } from './boxes.js';

/** With more nodes in one place, they are lines, not boxes. */
const MOST_BOXES = 9;

export interface Where {
  readonly inventory: Inventory;
  readonly paint: Paint;
  /** Available columns. */
  readonly room: number;
}

/** A site with its LAN, what its router does, and its nodes. */
export function siteBox(where: Where, site: Site): Block {
  const { inventory, paint, room } = where;
  const inner = room - 4;
  const nodes = inventory.nodes.filter((node) => node.site === site.name);
  const blocks = nodeBlocks({ ...where, room: inner }, nodes);
  return box(
    paint.strong(site.name),
    [
      ...wrapWords(`LAN ${site.subnets.join(', ')}; ${natWords(site)}`, inner),
      ...forwardLines(site, inner),
      ...rowsOf(blocks, inner).flatMap((row) => beside(row)),
    ],
    'above',
  );
}

function natWords({ nat, publicAddresses }: Site): string {
  if (!nat) return 'no NAT';
  return publicAddresses.length === 0 ? 'NAT' : `NAT behind ${publicAddresses.join(', ')}`;
}

/** Several forwards per line, none of them broken. */
function forwardLines({ forwards }: Site, inner: number): string[] {
  const blocks = forwards.map(({ protocol, port, node, nodePort }) => [
    `${protocol} ${port} -> ${node}:${nodePort}  `,
  ]);
  return rowsOf(blocks, inner).flatMap((row) => beside(row).map((line) => line.trimEnd()));
}

/** A box for each node, or lines of one block if there are many. */
export function nodeBlocks(where: Where, nodes: readonly Node[], joint?: 'below'): Block[] {
  if (nodes.length <= MOST_BOXES) return nodes.map((node) => nodeBox(where, node, joint));
  const rows = table(
    nodes.map((node) => [
      node.name,
      ...placesOf(node).slice(0, 1),
      ...overlayLines(where.inventory, node.name),
    ]),
  );
  const lines = inColumns(rows, where.room - 4);
  return joint === undefined ? [lines] : [box(count(nodes.length, 'node'), lines, joint)];
}

/** Lines in as many columns as fit, read downwards. */
function inColumns(lines: Block, room: number): Block {
  const wide = widthOf(lines) + 2;
  const columns = Math.max(1, Math.floor((room + 2) / wide));
  const high = Math.ceil(lines.length / columns);
  return table(
    Array.from({ length: high }, (_, row) => lines.filter((_line, index) => index % high === row)),
  );
}

const placesOf = ({ publicAddresses, lanAddresses }: Node): readonly string[] => [
  ...publicAddresses,
  ...lanAddresses,
];

function nodeBox({ inventory, paint, room }: Where, node: Node, joint?: 'below'): Block {
  const role = node.role === undefined ? '' : ` (${node.role})`;
  const lines = [
    ...placesOf(node),
    ...overlayLines(inventory, node.name),
    ...dutyLines(inventory, node.name),
  ];
  return box(
    `${paint.strong(node.name)}${role}`,
    lines.flatMap((line) => wrapWords(line, room - 4)),
    joint,
  );
}

/** `mesh 172.27.15.11`: its addresses in each network. */
function overlayLines({ networks }: Inventory, node: string): string[] {
  return networks.flatMap(({ name, members }) =>
    members
      .filter((member) => member.node === node)
      .flatMap(({ addresses }) => addresses.map((address) => `${name} ${address}`)),
  );
}

/** What a node does for others. */
function dutyLines({ networks }: Inventory, node: string): string[] {
  return networks.flatMap(({ name, hubs, relay, advertises }) => [
    ...(hubs.includes(node) ? [`hub of ${name}`] : []),
    ...(relay === node ? [`relay of ${name}`] : []),
    ...advertises.filter((one) => one.node === node).map(({ subnets }) => `gateway to ${subnets.join(', ')}`),
  ]);
}

/** A box for each phone and laptop, or lines of one box if there are many. */
export function clientBlocks({ inventory, paint, room }: Where): Block[] {
  const clients = inventory.networks.flatMap(({ name: network, clients: all }) =>
    all.map(({ name, addresses, tunnel }) => ({
      name,
      lines: [...addresses.map((address) => `${network} ${address}`), `${tunnel} tunnel`],
    })),
  );
  if (clients.length <= MOST_BOXES)
    return clients.map(({ name, lines }) => box(`${paint.strong(name)} (client)`, lines, 'below'));
  const rows = table(clients.map(({ name, lines }) => [name, ...lines]));
  return [box(count(clients.length, 'client'), inColumns(rows, room - 4), 'below')];
}
