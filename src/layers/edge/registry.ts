import { count } from '../../core/text.js';
import { hostPort } from '../../model/address.js';
import type { Inventory } from '../../model/inventory.js';
import type { Description, SelectorWord } from '../layer.js';
import type { Acme, App, Edge } from './inventory/types.js';

export const edgeOf = ({ edges }: Inventory, node: string): Edge | undefined =>
  edges.find((edge) => edge.node === node);

/** The apps that visitors reach through an edge. */
export const appsThrough = ({ apps }: Inventory, edge: string): readonly App[] =>
  apps.filter(({ edges }) => edges.includes(edge));

/** The apps that a node serves for edges. */
export const appsAt = ({ apps }: Inventory, node: string): readonly App[] =>
  apps.filter(({ to }) => to.node === node);

/** The edges that reach an app over a network: all but the node itself. */
export const remoteEdges = ({ edges, to }: App): readonly string[] =>
  edges.filter((edge) => edge !== to.node);

export const SELECTORS: readonly SelectorWord[] = [
  {
    word: 'edges',
    meaning: 'the edges',
    selects: (inventory, node) => edgeOf(inventory, node) !== undefined,
  },
  {
    word: 'apps',
    meaning: 'the nodes that serve apps',
    selects: (inventory, node) => appsAt(inventory, node).length > 0,
  },
];

/** `photos.example.com`, `25565/tcp` */
function atEdge({ kind, hosts, listen }: App): string {
  const names = hosts.join(', ');
  if (listen === undefined) return kind === 'tls' ? `${names} (TLS unread)` : names;
  return [names, `${listen}/${kind}`].filter((part) => part !== '').join(' ');
}

/** `home-1:2283`, `192.168.1.20:80` */
export const targetText = ({ to }: App): string => hostPort(to.address ?? to.node, to.port);

export const APPS_HEAD = ['app', 'at the edge', 'edge', 'network', 'node', 'port', 'relay', 'app at'];

/** One line of the registry: an app's way from the name to the socket. */
export const appRow = (app: App): string[] => [
  app.name,
  atEdge(app),
  app.edges.join(', '),
  app.network ?? '-',
  app.to.node,
  String(app.port),
  app.relay,
  targetText(app),
];

export function describeRegistry({ edges, apps }: Inventory): Description {
  return {
    sections: apps.length === 0 ? [] : [{ title: 'apps', head: APPS_HEAD, rows: apps.map(appRow) }],
    json: { edges, apps },
    ...(apps.length > 0 && { count: count(apps.length, 'app') }),
  };
}

/** Whether an authority's certificates are for trying things out. */
export const isStaging = (acme: Acme | undefined): boolean => acme?.directory.includes('staging') === true;
