import type { Path } from '../../document/index.js';
import { SELECTORS } from '../../layers/index.js';
import { networksOfKind } from '../../layers/shared/network-kind.js';
import type { Inventory } from '../../model/inventory.js';
import type { OneOrMore, RawInventory, RawNetwork } from '../../model/raw.js';
import { parseReach } from '../../model/reach.js';

/** A place of an inventory that means a node and doesn't go with it, what it is there, and what to do about it. */
export interface Naming {
  readonly path: Path;
  /** The key names it, not the value. */
  readonly at?: 'key';
  readonly message: string;
  readonly fix: string;
}

interface Spot {
  readonly path: Path;
  readonly text: string;
  /** Whether it is in a list with others. */
  readonly hasOthers: boolean;
}

function spots(path: Path, written: OneOrMore | undefined): Spot[] {
  if (typeof written === 'string') return [{ path, text: written, hasOthers: false }];
  const hasOthers = (written?.length ?? 0) > 1;
  return (written ?? []).flatMap((text, i) =>
    text === null ? [] : [{ path: [...path, i], text, hasOthers }],
  );
}

interface Wording {
  readonly message: string;
  /** What to do if it is not one of several. */
  readonly fix: string;
}

const inList = ({ path, hasOthers }: Spot, { message, fix }: Wording): Naming => ({
  path,
  message,
  fix: hasOthers ? 'remove it from the list' : fix,
});

/** The places of one value that are a node's name. */
const named = (node: string, path: Path, written: OneOrMore | undefined, wording: Wording): Naming[] =>
  spots(path, written)
    .filter(({ text }) => text === node || text === `node:${node}`)
    .map((spot) => inList(spot, wording));

const entriesOf = <T>(map: Readonly<Record<string, T>> | undefined): [string, T][] =>
  Object.entries(map ?? {});
const isOne = (names: readonly string[]): boolean => names.length === 1;

function asJumpHost({ nodes = {}, defaults }: RawInventory, node: string): Naming[] {
  const others = entriesOf(nodes).filter(([name]) => name !== node);
  const own = others.filter(([, { ssh }]) => ssh?.jump === node);
  const byDefault = others.filter(([, { ssh }]) => ssh?.jump === undefined).map(([name]) => name);
  return [
    ...(defaults?.ssh?.jump === node && byDefault.length > 0
      ? [
          {
            path: ['defaults', 'ssh', 'jump'],
            message: `${byDefault.join(', ')} ${isOne(byDefault) ? 'connects' : 'connect'} through it`,
            fix: 'name another',
          },
        ]
      : []),
    ...own.map(([name]) => ({
      path: ['nodes', name, 'ssh', 'jump'],
      message: `${name} connects through it`,
      fix: `give ${name} another jump host`,
    })),
  ];
}

function inNetwork([name, network]: readonly [string, RawNetwork], node: string): Naming[] {
  const at = ['networks', name];
  const { hub, hubOf, relay, clients, unmanaged } = network;
  const another = 'name another';
  return [
    ...named(node, [...at, 'hub'], hub, { message: `it is a hub of network ${name}`, fix: another }),
    ...entriesOf(hubOf)
      .filter(([user, to]) => to === node && user !== node)
      .map(([user]) => ({
        path: [...at, 'hubOf', user],
        message: `${user} connects to it`,
        fix: another,
      })),
    ...named(node, [...at, 'relay'], relay, { message: `it is the relay of network ${name}`, fix: another }),
    ...entriesOf(clients).flatMap(([client, { reach }]) =>
      spots([...at, 'clients', client, 'reach'], reach)
        .filter(({ text }) => {
          const parsed = parseReach(text);
          return parsed.ok && parsed.reach.kind === 'node' && parsed.reach.node === node;
        })
        .map((spot) =>
          inList(spot, { message: `client ${client} may reach it`, fix: 'name what else it may' }),
        ),
    ),
    ...entriesOf(unmanaged).flatMap(([peer, { on }]) =>
      named(node, [...at, 'unmanaged', peer, 'on'], on, {
        message: `it has the peer ${peer}`,
        fix: 'name another member, or remove the peer',
      }),
    ),
  ];
}

function inFirewall({ firewall = [] }: RawInventory, inventory: Inventory, node: string): Naming[] {
  const after = { ...inventory, nodes: inventory.nodes.filter(({ name }) => name !== node) };
  return firewall.flatMap((rule, i) => [
    ...spots(['firewall', i, 'on'], rule?.on)
      .filter(({ text }) => SELECTORS.problem(after, text, undefined) !== undefined)
      .map((spot) =>
        inList(spot, {
          message: spot.text === node ? 'a rule is for it' : `"${spot.text}" only selects it`,
          fix: 'remove the rule',
        }),
      ),
    ...(rule?.allow ?? []).flatMap((allowed, j) =>
      typeof allowed === 'string' || allowed === null
        ? []
        : named(node, ['firewall', i, 'allow', j, 'from'], allowed.from, {
            message: 'a rule lets it in',
            fix: 'remove what it allows',
          }),
    ),
  ]);
}

function asEdge({ edges = {}, apps }: RawInventory, { apps: resolved }: Inventory, node: string): Naming[] {
  const served = resolved.filter((app) => app.edges.includes(node)).map(({ name }) => name);
  return [
    ...(node in edges
      ? [
          {
            path: ['edges', node],
            at: 'key' as const,
            message:
              served.length === 0 ? 'it is an edge' : `visitors reach ${served.join(', ')} through this edge`,
            fix: `remove the entry${served.length === 0 ? '' : `, and give ${isOne(served) ? 'the app' : 'the apps'} another edge`}`,
          },
        ]
      : []),
    ...entriesOf(apps).flatMap(([app, { edge, to }]) => [
      ...named(node, ['apps', app, 'edge'], edge, {
        message: `visitors reach ${app} through it`,
        fix: 'name another edge',
      }),
      ...named(node, ['apps', app, 'to', 'node'], to?.node, {
        message: `${app} is reached through it at home`,
        fix: 'name another node, or remove the app',
      }),
    ]),
  ];
}

function inNames({ dns, lab }: RawInventory, node: string): Naming[] {
  const leading = (path: Path, map: Readonly<Record<string, OneOrMore>> | undefined): Naming[] =>
    entriesOf(map).flatMap(([name, written]) =>
      named(node, [...path, name], written, {
        message: `${name} leads to it`,
        fix: 'change or remove the entry',
      }),
    );
  return [
    ...named(node, ['dns', 'serve'], dns?.serve, { message: 'it answers names', fix: 'name another node' }),
    ...leading(['dns', 'apps'], dns?.apps),
    ...leading(['dns', 'records'], dns?.records),
    ...leading(['lab', 'names'], lab?.names),
  ];
}

/** All places that mean a node and would mean nothing without it; what goes with it is not among them. */
export function namingsOf(raw: RawInventory, inventory: Inventory, node: string): Naming[] {
  return [
    ...asJumpHost(raw, node),
    ...networksOfKind<RawNetwork>(raw.networks, 'wireguard').flatMap((network) => inNetwork(network, node)),
    ...inFirewall(raw, inventory, node),
    ...asEdge(raw, inventory, node),
    ...inNames(raw, node),
  ];
}
