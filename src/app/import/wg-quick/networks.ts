import { addressAt, isAddress } from '../../../model/address.js';
import type { DraftClient, DraftNetwork } from '../../draft/draft.js';
import { nameFrom } from '../../draft/names.js';
import type { Found, Machine, Place, Tunnel } from '../found.js';
import { isInside } from '../places.js';
import { groupTunnels, type Party, partiesOf } from './parties.js';
import { differences, rangesOf, settingsOf } from './settings.js';

/** A network whose members are the machines as named in the source; they get their final names later. */
export interface FoundNetwork {
  readonly base: Omit<DraftNetwork, 'members' | 'hubs' | 'relay' | 'advertises'>;
  readonly members: readonly { readonly machine: Machine; readonly addresses: readonly string[] }[];
  readonly hubs: readonly Machine[];
  readonly relay?: Machine;
  readonly advertises: readonly { readonly machine: Machine; readonly subnets: readonly string[] }[];
}

/** The networks that the configurations form together. Their machines are added to what was found. */
export function networksOf(found: Found): FoundNetwork[] {
  const names: string[] = [];
  const known = new Set(found.machines.flatMap(({ name, addresses }) => [nameFrom(name), ...addresses]));
  return groupTunnels(found.tunnels).map((group) => {
    const made = toNetwork(group, known, names, found);
    names.push(made.base.name);
    return made;
  });
}

function toNetwork(
  group: readonly Tunnel[],
  known: ReadonlySet<string>,
  names: readonly string[],
  found: Found,
): FoundNetwork {
  const { ranges, guessed } = rangesOf(group);
  const parties = partiesOf(group, ranges);
  const machinesIn = parties.filter((party) => party.isHub || isMachine(party, known));
  const nodes = machinesIn.length > 0 ? machinesIn : parties;
  const clients = parties.filter((party) => !nodes.includes(party));
  const hubs = hubsOf(nodes, clients);
  for (const hub of hubs) if (hub.addresses.size === 0) guessAddress(hub, ranges, found, group);
  const settings = settingsOf(nodes, hubs);
  const { port } = settings;
  const machines = new Map(nodes.map((party) => [party, toMachine(party, port, group, found)]));
  found.machines.push(...machines.values());
  differences(nodes, settings, found);
  const machineOf = (party: Party): Machine => machines.get(party) as Machine;
  const relay = hubs.length === 0 ? nodes.find(({ isRelay }) => isRelay) : undefined;
  const clientList = toClients(clients, found);
  return {
    base: {
      name: nameFrom(hubs.length > 0 ? 'vpn' : 'mesh', names),
      ...(guessed && { comment: 'The range is guessed: the configurations have single addresses only.' }),
      shape: hubs.length > 0 ? 'hub' : 'mesh',
      ranges,
      ...settings,
      presharedKeys: group.some(({ peers }) => peers.some(({ preshared }) => preshared)),
      internet:
        clients.length > 0 &&
        (hubs.some((hub) => hub.tunnel?.masquerades) || clientList.some(({ tunnel }) => tunnel === 'full')),
      clients: clientList,
    },
    members: nodes.map((party) => ({ machine: machineOf(party), addresses: [...party.addresses] })),
    hubs: hubs.map(machineOf),
    ...(relay && { relay: machineOf(relay) }),
    advertises: nodes
      .filter(({ subnets }) => subnets.size > 0)
      .map((party) => ({ machine: machineOf(party), subnets: [...party.subnets] })),
  };
}

/** A peer of others that nothing connects to is a client, unless another source has it as a machine. */
function isMachine({ name, tunnel, endpoints }: Party, known: ReadonlySet<string>): boolean {
  if (name !== undefined && known.has(nameFrom(name))) return true;
  return endpoints.length > 0 || tunnel?.listenPort !== undefined;
}

/** The hubs: those that others send everything to, or else the one that has the clients. */
function hubsOf(nodes: readonly Party[], clients: readonly Party[]): Party[] {
  const hubs = nodes.filter(({ isHub }) => isHub);
  if (hubs.length > 0 || clients.length === 0) return hubs;
  return nodes.filter((node) => clients.some(({ listedBy }) => listedBy.has(node))).slice(0, 1);
}

function toClients(clients: readonly Party[], found: Found): DraftClient[] {
  const names: string[] = [];
  return clients.map(({ name, publicKey, addresses, tunnel, subnets, listedBy }) => {
    const client = nameFrom(name ?? 'client', names, 'client');
    names.push(client);
    const [at] = [...listedBy].map((party) => party.tunnel?.at ?? { file: '' });
    if (subnets.size > 0) {
      const fix = 'if it is a machine that you log in to, import its login under that name';
      found.note(
        at ?? { file: '' },
        `client ${client} is also sent ${[...subnets].join(', ')}: left out`,
        fix,
      );
    }
    if (tunnel) {
      const fix = 'if you log in to it, import its login under that name';
      found.note(
        tunnel.at,
        `${client} has no ListenPort and no other source has it: imported as a client`,
        fix,
      );
    }
    const isFull = tunnel?.peers.some(({ allowedIps }) => allowedIps.some((range) => range.endsWith('/0')));
    return {
      name: client,
      addresses: [...addresses],
      ...(publicKey !== undefined && { publicKey }),
      ...(isFull && { tunnel: 'full' as const }),
      ...(tunnel && { dns: tunnel.dns }),
    };
  });
}

function toMachine(party: Party, port: number, group: readonly Tunnel[], found: Found): Machine {
  const at = party.tunnel?.at ?? firstPlace(party, group);
  const hosts = [...new Set(party.endpoints.map(({ host }) => host))];
  const dns = hosts.find((host) => !isAddress(host));
  const addresses = hosts.filter((host) => isAddress(host));
  if (dns !== undefined) {
    found.note(at, `peers connect to ${dns}: an inventory needs its address`, 'write it under public');
  }
  const name = party.name ?? hosts[0] ?? 'node';
  return {
    name,
    at,
    ssh: dns === undefined ? {} : { host: dns },
    addresses: addresses.filter(isInside),
    tunnelled: [...party.addresses],
    reachedAt: uniqueEndpoints(party).flatMap(({ host, port: outside }) =>
      isAddress(host) && !isInside(host)
        ? [{ address: host, port: outside, nodePort: party.tunnel?.listenPort ?? port }]
        : [],
    ),
  };
}

const uniqueEndpoints = ({ endpoints }: Party): Party['endpoints'] => [
  ...new Map(endpoints.map((one) => [`${one.host} ${one.port}`, one])).values(),
];

/** Where a peer first appears. */
function firstPlace(party: Party, group: readonly Tunnel[]): Place {
  const peers = group.flatMap((tunnel) => tunnel.peers);
  const peer = peers.find((one) =>
    one.publicKey !== undefined ? one.publicKey === party.publicKey : one.name === party.name,
  );
  return peer?.at ?? { file: group[0]?.at.file ?? '' };
}

function guessAddress(hub: Party, ranges: readonly string[], found: Found, group: readonly Tunnel[]): void {
  const addresses = ranges.flatMap((range) => addressAt(range, 1) ?? []);
  for (const address of addresses) hub.addresses.add(address);
  const what = `no configuration has the hub's address; ${addresses.join(', ')} is assumed`;
  found.note(firstPlace(hub, group), what, "import the hub's configuration, or correct it");
}
