import { familyOf, inRange, networkOf } from '../../model/address.js';
import { isPublic, purposeOf } from '../../model/address-purpose.js';
import type { Draft, DraftForward, DraftNode, DraftSite } from '../draft/draft.js';
import { nameFrom } from '../draft/names.js';
import type { Found, Machine } from './found.js';

/** A machine with its name in the inventory, merged from all sources. */
export interface NamedMachine extends Machine {
  readonly nodeName: string;
}

/** Whether an address is only valid in a LAN. */
export const isInside = (address: string): boolean => ['private', 'uniqueLocal'].includes(purposeOf(address));

/** Nodes and sites: which addresses are public and which are of a LAN, and the routers that forward to it. */
export function placeMachines(
  machines: readonly NamedMachine[],
  overlays: readonly string[],
  found: Found,
): Pick<Draft, 'nodes' | 'sites'> {
  const sites = new Map<string, DraftSite>();
  for (const { site } of machines) if (site && !sites.has(site.name)) sites.set(site.name, site);
  const nodes = machines.map((machine) => {
    // Our own export has all of it.
    if (machine.node?.publicAddresses !== undefined) return toNode(machine, {});
    const inside = machine.addresses.filter(
      (one) => isInside(one) && !isTunnelled(one, overlays, machine, found),
    );
    const outside = machine.addresses.filter(isPublic);
    const site = inside.length > 0 ? siteFor(inside, sites) : undefined;
    const open = (machine.reachedAt ?? []).filter(({ address }) => !outside.includes(address));
    const shared = new Set(open.map(({ address }) => address).filter((one) => sharers(one, machines) > 1));
    const own = open.filter(({ address }) => site === undefined && !shared.has(address));
    const forwarded = open.filter((one) => !own.includes(one));
    if (site !== undefined) forward(site, machine, forwarded, sites);
    else if (forwarded.length > 0) missingLan(machine, found);
    return toNode(machine, {
      publicAddresses: [...new Set([...outside, ...own.map(({ address }) => address)])],
      ...(site !== undefined && { site, lanAddresses: inside }),
    });
  });
  return { nodes, sites: [...sites.values()] };
}

function toNode({ nodeName, node, ssh, addresses }: NamedMachine, place: Partial<DraftNode>): DraftNode {
  const made = { ...place, ...node };
  const has = [...(made.publicAddresses ?? []), ...(made.lanAddresses ?? []), ...addresses].length > 0;
  // A machine without an address in any source is reached by its name, or as ~/.ssh/config says.
  const host = ssh.host ?? (has ? addresses[0] : nodeName);
  return { name: nodeName, ...made, ssh: { ...ssh, ...(host !== undefined && { host }) } };
}

/** An address in a network that is also imported is the tunnel's. */
function isTunnelled(
  address: string,
  overlays: readonly string[],
  { name, at }: Machine,
  found: Found,
): boolean {
  const is = overlays.some((range) => inRange(address, range));
  if (is)
    found.note(
      at,
      `the login of ${name} is at ${address}, inside the tunnel`,
      'write an address under ssh.host that works without the tunnel',
    );
  return is;
}

/** The site that has these addresses, or a new one with a guessed subnet. */
function siteFor(addresses: readonly string[], sites: Map<string, DraftSite>): string {
  for (const { name, subnets } of sites.values()) {
    if (addresses.some((address) => subnets.some((range) => inRange(address, range)))) {
      widen(name, addresses, sites);
      return name;
    }
  }
  const name = nameFrom(sites.size === 0 ? 'home' : `lan-${sites.size + 1}`, sites.keys());
  const comment = 'The range is guessed from the addresses.';
  sites.set(name, { name, comment, subnets: [], forwards: [] });
  widen(name, addresses, sites);
  return name;
}

/** Adds the range of each family that a site doesn't have yet. */
function widen(name: string, addresses: readonly string[], sites: Map<string, DraftSite>): void {
  for (const address of addresses) {
    const site = sites.get(name);
    if (!site || site.subnets.some((range) => familyOf(range) === familyOf(address))) continue;
    const range = networkOf(`${address}/${familyOf(address) === 4 ? 24 : 64}`);
    sites.set(name, { ...site, subnets: [...site.subnets, range] });
  }
}

const sharers = (address: string, machines: readonly Machine[]): number =>
  machines.filter(({ reachedAt = [] }) => reachedAt.some((one) => one.address === address)).length;

function forward(
  name: string,
  { nodeName }: NamedMachine,
  ports: NonNullable<Machine['reachedAt']>,
  sites: Map<string, DraftSite>,
): void {
  const site = sites.get(name);
  if (!site || ports.length === 0) return;
  const added = ports.map(({ port, nodePort }): DraftForward => ({ port, node: nodeName, nodePort }));
  sites.set(name, {
    ...site,
    publicAddresses: [...new Set([...(site.publicAddresses ?? []), ...ports.map(({ address }) => address)])],
    forwards: [...(site.forwards ?? []), ...added],
  });
}

function missingLan({ name, at, reachedAt = [] }: Machine, found: Found): void {
  const places = reachedAt.map(({ address, port }) => `${address} port ${port}`).join(', ');
  const message = `${name} is reached at ${places}, which its router forwards; no source has its LAN address`;
  found.note(at, message, 'write site and lan, and the forward at its site');
}
