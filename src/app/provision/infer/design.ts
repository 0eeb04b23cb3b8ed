import { createHash } from 'node:crypto';
import type { Family } from '../../../model/address.js';
import { familyOf } from '../../../model/address.js';
import { freePort, freeRange, lowestAddresses, rangesOf, withMembers } from '../../draft/allocate.js';
import type { Draft, DraftNetwork, DraftNode } from '../../draft/draft.js';
import type { Survey } from '../survey/survey.js';
import { reaches } from './addresses.js';
import { type ForwardMode, withForwards } from './forwards.js';
import type { Layout } from './layout.js';

/** What the user has decided about the network. */
export interface Choices {
  readonly name: string;
  readonly shape: 'mesh' | 'hub';
  readonly hub?: string | undefined;
  /** Phones and laptops. */
  readonly clients: readonly string[];
  /** The node through which clients reach its LAN; undefined: none. */
  readonly gateway?: string | undefined;
  readonly interface: string;
  readonly port: number;
  readonly range: readonly string[];
  readonly forwards: ForwardMode;
  /** Node for pairs that can't connect. */
  readonly relay?: string | undefined;
}

/** A UDP port and an interface name that are free on all machines. */
export function freeOnAll({ placed }: Layout): { readonly port: number; readonly interface: string } {
  const machines = placed.map(({ surveyed }) => surveyed.facts);
  const ours = new Set(
    machines.flatMap(({ wireguard }) =>
      wireguard.flatMap(({ ours: own, port }) => (own ? (port ?? []) : [])),
    ),
  );
  const taken = machines.flatMap(({ udp }) => [...udp.keys()]).filter((port) => !ours.has(port));
  const used = new Set(
    machines.flatMap(({ wireguard }) => wireguard.filter((one) => !one.ours).map((one) => one.interface)),
  );
  const interfaces = Array.from({ length: 100 }, (_, n) => `wg${n}`);
  return { port: freePort(taken), interface: interfaces.find((name) => !used.has(name)) ?? 'bh0' };
}

/** Ranges that overlap nothing that was seen: IPv4, and IPv6 if all machines have it. */
export function freeRanges(survey: Survey, layout: Layout): string[] {
  const { placed, sites } = layout;
  const machines = placed.map(({ surveyed }) => surveyed.facts);
  const nodes = placed.map(({ node }) => node);
  const own = machines.flatMap(({ wireguard }) =>
    wireguard.filter(({ ours }) => ours).map((one) => one.interface),
  );
  const seen = survey.surveyed.flatMap(({ facts }) => [
    ...facts.ranges,
    ...facts.addresses.filter(({ device }) => !own.includes(device)).map(({ address }) => address),
  ]);
  const taken = [...seen, ...rangesOf({ name: '', sites, nodes, networks: [] })];
  const families: readonly Family[] = placed.every(({ surveyed }) => reaches(surveyed.facts, 6))
    ? [4, 6]
    : [4];
  return families.map((family) =>
    freeRange(taken, family, seededBy(machines.map(({ identity }) => identity.machine ?? ''))),
  );
}

/** Bytes that are the same for the same machines, so that a default stays the same when it is computed again. */
function seededBy(machines: readonly string[]): (bytes: number) => Uint8Array {
  let turn = 0;
  return (bytes) => {
    turn += 1;
    return createHash('sha256')
      .update(`${turn} ${machines.toSorted().join(' ')}`)
      .digest()
      .subarray(0, bytes);
  };
}

/** The inventory that machines and choices make. Throws RangeError for a range that is too small. */
export function designed(layout: Layout, choices: Choices): Draft {
  const { placed, laptop } = layout;
  const { shape, hub, gateway, relay, clients, range, port } = choices;
  const isHub = shape === 'hub';
  const nodes = placed.map(({ node }) => ({
    ...node,
    ...roleOf(node, choices),
    comment: commentOf(node, layout),
  }));
  const sites = withForwards(
    { sites: layout.sites, nodes, hub: isHub ? hub : undefined, port },
    choices.forwards,
  );
  const order = nodes.map(({ name }) => name).toSorted((a, b) => Number(b === hub) - Number(a === hub));
  const lan = sites.find(({ name }) => name === nodes.find((node) => node.name === gateway)?.site);
  const subnets = (lan?.subnets ?? []).filter((subnet) =>
    range.some((one) => familyOf(one) === familyOf(subnet)),
  );
  const bare: DraftNetwork = {
    name: isHub ? 'vpn' : 'mesh',
    ...(isHub && { shape, hubs: [hub ?? ''] }),
    interface: choices.interface,
    ranges: range,
    port,
    ...(relay !== undefined && { relay }),
    members: [],
    ...(isHub && gateway !== undefined && subnets.length > 0 && { advertises: [{ node: gateway, subnets }] }),
  };
  let network = withMembers(bare, order);
  for (const name of clients) {
    const client = { name, addresses: lowestAddresses(network) };
    network = { ...network, clients: [...(network.clients ?? []), client] };
  }
  return {
    name: choices.name,
    comment:
      'Written by `bridgehead provision`. It is yours to change: docs/inventory.md explains every key.',
    sites,
    nodes,
    networks: [network],
    ...(laptop !== undefined && { lab: { laptop } }),
  };
}

function roleOf({ name, role }: DraftNode, { shape, hub, gateway }: Choices): { role?: string } {
  if (shape === 'hub' && name === hub) return { role: 'hub' };
  if (shape === 'hub' && name === gateway) return { role: 'gateway' };
  return role === undefined ? {} : { role };
}

export function commentOf({ name }: Pick<DraftNode, 'name'>, { placed }: Layout): string {
  const facts = placed.find(({ node }) => node.name === name)?.surveyed.facts;
  return `${facts?.title ?? ''}, ${facts?.architecture ?? ''}`;
}
