import type { Inventory, Node } from '../../../model/inventory.js';
import { markOf } from '../../shared/records.js';
import type { Tailnet } from '../inventory/types.js';

/** A node's note of the tailnet that it was made a member of. */
export interface TailnetRecord {
  readonly inventory: string;
  readonly network: string;
  /** Identify the other members by name and SSH host. */
  readonly marks: readonly string[];
}

export function recordOf(
  { name, nodes }: Inventory,
  tailnet: Tailnet,
  node: Pick<Node, 'name'>,
): TailnetRecord {
  const others = new Set(tailnet.members.map((member) => member.node).filter((other) => other !== node.name));
  return {
    inventory: name,
    network: tailnet.name,
    marks: nodes.filter((one) => others.has(one.name)).map(markOf),
  };
}

/** One fact per line. */
export const recordText = ({ inventory, network, marks }: TailnetRecord): string =>
  `${[
    '# Which tailnet this node is in, as Bridgehead knows it; nothing here is a setting.',
    `inventory ${inventory}`,
    `network ${network}`,
    ...marks.map((mark) => `member ${mark}`),
    'end',
  ].join('\n')}\n`;

/** Undefined for a text that isn't a complete record. */
export function parseRecord(text: string): TailnetRecord | undefined {
  const [, inventory, network, rest = ''] =
    /^inventory (\S+)\nnetwork (\S+)\n((?:member \S+\n)*)end$/m.exec(text) ?? [];
  if (inventory === undefined || network === undefined) return undefined;
  return { inventory, network, marks: [...rest.matchAll(/^member (\S+)$/gm)].map(([, mark = '']) => mark) };
}

/** Whether a record was written for this inventory: another folder may have one of the same name. */
export function isKin(record: TailnetRecord, { name, nodes }: Inventory): boolean {
  if (record.inventory !== name) return false;
  const marks = new Set(nodes.map(markOf));
  return record.marks.length === 0 || record.marks.some((mark) => marks.has(mark));
}
