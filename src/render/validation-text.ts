import type { Problem } from '../core/errors.js';
import type { Peer } from '../layers/wireguard/overlay/types.js';
import { hostPort } from '../model/address.js';
import type { Inventory, Network } from '../model/inventory.js';
import type { Playbook } from '../playbook/types.js';
import type { Paint } from './colour.js';
import { indent, table } from './table.js';
import { count } from './text.js';

/** A valid inventory and playbook, and what the network code makes of them. */
export interface ValidationView {
  readonly inventory: Inventory;
  readonly playbook: Playbook;
  /** What works but will probably bite. */
  readonly warnings: readonly Problem[];
  /** The peers that a member writes down in a network. */
  readonly peersOf: (network: Network, node: string) => readonly Peer[];
}

/** A short aligned summary: nodes, sites, and for every ordered pair who calls whom. */
export function validationText(view: ValidationView, paint: Paint): string {
  const { inventory, playbook } = view;
  const phases = playbook.phases.map((phase) => phase.name).join(', ');
  return [
    section(`nodes`, nodeRows(inventory), paint),
    section(`sites`, siteRows(inventory), paint),
    ...inventory.networks.map((network) => networkText(network, view, paint)),
    `${paint.strong('phases')}  ${phases}`,
    '',
    paint.good(
      `OK: ${inventory.name} has ${count(inventory.nodes.length, 'node')}, ${count(inventory.sites.length, 'site')} and ` +
        `${count(inventory.networks.length, 'network')}; playbook ${playbook.name} has ${count(playbook.phases.length, 'phase')}`,
    ),
    '',
  ].join('\n');
}

/** The same for programs. */
export function validationJson({ inventory, playbook, warnings, peersOf }: ValidationView): object {
  return {
    ok: true,
    warnings,
    inventory: { file: inventory.file, name: inventory.name },
    playbook: {
      file: playbook.file,
      name: playbook.name,
      phases: playbook.phases.map((phase) => phase.name),
    },
    nodes: inventory.nodes.map(({ name, role, site, publicAddresses, lanAddresses }) => ({
      name,
      role,
      site,
      publicAddresses,
      lanAddresses,
    })),
    sites: inventory.sites,
    networks: inventory.networks.map(({ members, ...network }) => ({
      ...network,
      members: members.map((member) => ({ ...member, peers: peersOf({ members, ...network }, member.node) })),
    })),
  };
}

function section(title: string, rows: readonly (readonly string[])[], paint: Paint): string {
  if (rows.length === 0) return `${paint.strong(title)}  none\n`;
  return `${paint.strong(title)}\n${indent(table(rows).join('\n'), 2)}\n`;
}

function nodeRows({ nodes }: Inventory): string[][] {
  return nodes.map(({ name, role, site, ssh, publicAddresses, lanAddresses }) => [
    name,
    role ?? '-',
    site === undefined ? 'on the internet' : `in ${site}`,
    [...publicAddresses, ...lanAddresses].join(', ') || '-',
    `ssh ${ssh.user === undefined ? '' : `${ssh.user}@`}${ssh.host}${ssh.port === undefined ? '' : ` port ${ssh.port}`}` +
      (ssh.jump === undefined ? '' : ` through ${ssh.jump}`),
  ]);
}

function siteRows({ sites }: Inventory): string[][] {
  return sites.map(({ name, subnets, publicAddresses, nat, forwards }) => [
    name,
    subnets.join(', '),
    nat ? `NAT behind ${publicAddresses.join(', ') || 'an unknown address'}` : 'no NAT',
    forwards
      .map(({ protocol, port, node, nodePort }) => `${protocol} ${port} -> ${node}:${nodePort}`)
      .join(', '),
  ]);
}

function networkText(network: Network, { peersOf, inventory }: ValidationView, paint: Paint): string {
  const { name, ranges, shape, port, mtu, members } = network;
  const title = `network ${name}  ${network.interface}  ${ranges.join(', ')}  ${shape}  port ${port}  mtu ${mtu}`;
  const rows = members.flatMap(({ node }) =>
    peersOf(network, node).map((peer) => [
      `${node} -> ${peer.node}`,
      ...endpointCells(peer, siteOf(inventory, peer.node)),
    ]),
  );
  return section(title, rows, paint);
}

function endpointCells({ endpoint, keepalive, allowedIps }: Peer, site: string): string[] {
  const via = { lan: `on the LAN of ${site}`, public: 'public', forward: `forwarded by ${site}` } as const;
  const called =
    endpoint === undefined
      ? ['-', 'waits to be called']
      : [hostPort(endpoint.address, endpoint.port), via[endpoint.via]];
  return [...called, keepalive === undefined ? '' : `keepalive ${keepalive} s`, allowedIps.join(', ')];
}

function siteOf({ nodes }: Inventory, node: string): string {
  return nodes.find(({ name }) => name === node)?.site ?? '-';
}
