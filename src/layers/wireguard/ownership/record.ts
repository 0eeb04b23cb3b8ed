import { sha256 } from '../../../core/sha256.js';
import { memberOf } from '../../../model/atlas.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import { markOf, RECORDS } from '../../shared/records.js';

export const recordPath = (interfaceName: string): string => `${RECORDS}/${interfaceName}`;
export const RECORD_PATTERN = `${RECORDS}/*`;

/** A peer as the record names it. */
export interface RecordedPeer {
  readonly publicKey: string;
  /** Identifies a node by its name and SSH host; `-` for a client. */
  readonly mark: string;
  /** Its first overlay address. */
  readonly address: string;
  readonly name: string;
}

/** A node's record of who owns an interface, independent of files that other programs rewrite. */
export interface OwnerRecord {
  /** The inventory's `name`. */
  readonly inventory: string;
  readonly network: string;
  /** The node's name in that inventory. */
  readonly node: string;
  readonly publicKey: string;
  /** Bare overlay addresses of the node. */
  readonly addresses: readonly string[];
  /** Hexadecimal SHA-256 of the configuration. */
  readonly config: string;
  readonly peers: readonly RecordedPeer[];
}

export interface Recorded {
  readonly inventory: Inventory;
  readonly network: Network;
  readonly node: string;
  readonly publicKey: string;
  readonly peers: readonly {
    readonly node: string;
    readonly publicKey: string;
    readonly addresses: readonly string[];
  }[];
  /** Text of the configuration. */
  readonly config: string;
}

export function recordOf({ inventory, network, node, publicKey, peers, config }: Recorded): OwnerRecord {
  const nodes = new Map(inventory.nodes.map((one) => [one.name, one]));
  return {
    inventory: inventory.name,
    network: network.name,
    node,
    publicKey,
    addresses: memberOf(network, node).addresses,
    config: sha256(config),
    peers: peers.map((peer) => {
      const known = nodes.get(peer.node);
      return {
        publicKey: peer.publicKey,
        mark: known === undefined ? '-' : markOf(known),
        address: peer.addresses[0] ?? '-',
        name: peer.node,
      };
    }),
  };
}

const END = 'end';

/** One fact per line; the last line shows that the record is complete. */
export function recordText(interfaceName: string, record: OwnerRecord): string {
  return `${[
    `# Whose ${interfaceName} is, as Bridgehead knows it; nothing here is a setting.`,
    `inventory ${record.inventory}`,
    `network ${record.network}`,
    `node ${record.node}`,
    `public-key ${record.publicKey}`,
    `addresses ${record.addresses.join(' ')}`,
    `config ${record.config}`,
    ...record.peers.map(
      ({ publicKey, mark, address, name }) => `peer ${publicKey} ${mark} ${address} ${name}`,
    ),
    END,
  ].join('\n')}\n`;
}

const FACT = /^(inventory|network|node|public-key|addresses|config|peer) (.*)$/;

/** Reads a record at the beginning of a text; what follows is the rest. A record that was cut off counts as none. */
export function splitRecord(text: string): {
  readonly record: OwnerRecord | undefined;
  readonly rest: string;
} {
  if (!text.startsWith('# Whose ')) return { record: undefined, rest: text };
  const [, ...lines] = text.split('\n');
  const length = lines.findIndex((line) => !FACT.test(line));
  const facts = lines.slice(0, length).map((line) => FACT.exec(line) ?? []);
  const isWhole = lines[length] === END;
  const rest = lines.slice(length + (isWhole ? 1 : 0)).join('\n');
  return { record: isWhole ? parseFacts(facts) : undefined, rest };
}

function parseFacts(facts: readonly (readonly string[])[]): OwnerRecord {
  const all = (key: string): string[] =>
    facts.flatMap(([, word, value = '']) => (word === key ? [value] : []));
  const first = (key: string): string => all(key)[0] ?? '';
  return {
    inventory: first('inventory'),
    network: first('network'),
    node: first('node'),
    publicKey: first('public-key'),
    addresses: first('addresses').split(' '),
    config: first('config'),
    peers: all('peer').map((value): RecordedPeer => {
      const [publicKey = '', mark = '', address = '', name = ''] = value.split(' ');
      return { publicKey, mark, address, name };
    }),
  };
}
