import { mayReach, reachOf } from '../../layers/wireguard/overlay/reach.js';
import { familyOf } from '../../model/address.js';
import { isMember, memberOf } from '../../model/atlas.js';
import type { Inventory, Network } from '../../model/inventory.js';
import { clientOf, hubOf } from '../../model/shape.js';
import { ECHO_PORT } from '../../packets/streams/streams-program.js';
import type { Stream } from './streams.js';

/** What is reached through a network, by a node or a client, or by SSH from the laptop: before the change, after it, or both. */
export interface Pair {
  readonly way: 'network' | 'client' | 'ssh';
  /** A node, a client, or `laptop` for SSH. */
  readonly from: string;
  readonly to: string;
  /** Name of the network. */
  readonly network?: string;
  readonly family?: 4 | 6;
  /** The address of `to`; none: there is no such pair then. For SSH its name. */
  readonly before?: string;
  readonly after?: string;
  /** Nodes whose changes it feels. */
  readonly passes: readonly string[];
}

export const LAPTOP = 'laptop';

/**
 * Each pair of members once, by each family of addresses that both have; what clients of both inventories may reach; and the
 * login to each node of both.
 */
export function pairsOf(former: Inventory, next: Inventory): Pair[] {
  const names = [...new Set([...former.networks, ...next.networks].map(({ name }) => name))];
  const overlay = names.flatMap((name) => {
    const [before, after] = [former, next].map(({ networks }) => networks.find((one) => one.name === name));
    const clients =
      before === undefined || after === undefined
        ? []
        : clientPairs({ inventory: former, network: before }, { inventory: next, network: after });
    return [...pairsIn(name, before, after), ...clients];
  });
  const known = new Set(former.nodes.map(({ name }) => name));
  const logins = next.nodes
    .filter(({ name }) => known.has(name))
    .map(
      ({ name, ssh }): Pair => ({
        way: 'ssh',
        from: LAPTOP,
        to: name,
        before: name,
        after: name,
        passes: [name, ...(ssh.jump !== undefined && known.has(ssh.jump) ? [ssh.jump] : [])],
      }),
    );
  return [...overlay, ...logins];
}

function pairsIn(name: string, before: Network | undefined, after: Network | undefined): Pair[] {
  const nodes = [...new Set([after, before].flatMap((one) => one?.members.map(({ node }) => node) ?? []))];
  return nodes.flatMap((from, index) =>
    nodes.slice(index + 1).flatMap((to) =>
      ([4, 6] as const).flatMap((family): Pair[] => {
        const [old, now] = [before, after].map((network) => addressOf(network, from, to, family));
        if (old === undefined && now === undefined) return [];
        return [
          {
            way: 'network',
            from,
            to,
            network: name,
            family,
            ...(old === undefined ? {} : { before: old }),
            ...(now === undefined ? {} : { after: now }),
            passes: [...new Set([from, to, ...[before, after].flatMap((one) => hubsOf(one, from, to))])],
          },
        ];
      }),
    ),
  );
}

interface State {
  readonly inventory: Inventory;
  readonly network: Network;
}

/** What clients reach before the change and are to reach after it. */
function clientPairs(before: State, after: State): Pair[] {
  const names = after.network.clients.map(({ name }) => name);
  const clients = before.network.clients.filter(({ name }) => names.includes(name));
  const nodes = after.network.members.map(({ node }) => node);
  return clients.flatMap(({ name }) =>
    nodes.flatMap((to) =>
      ([4, 6] as const).flatMap((family): Pair[] => {
        const [old, now] = [before, after].map((state) => reachedBy(name, to, family, state));
        if (old === undefined || now === undefined) return [];
        const hubs = [before, after].flatMap(({ network }) => hubsOf(network, name, to));
        const { name: network } = after.network;
        const passes = [...new Set([to, ...hubs])];
        return [{ way: 'client', from: name, to, network, family, before: old, after: now, passes }];
      }),
    ),
  );
}

/** The address at which a client may reach a member's echo. */
function reachedBy(
  client: string,
  to: string,
  family: 4 | 6,
  { inventory, network }: State,
): string | undefined {
  if (!isMember(network, to)) return undefined;
  const own = clientOf(network, client).addresses.some((address) => familyOf(address) === family);
  const address = memberOf(network, to).addresses.find((one) => familyOf(one) === family);
  if (!own || address === undefined) return undefined;
  const may = mayReach(reachOf(inventory, network, client), address, { protocol: 'tcp', port: ECHO_PORT });
  return may ? address : undefined;
}

/** The address at which one member reaches another. */
function addressOf(
  network: Network | undefined,
  from: string,
  to: string,
  family: 4 | 6,
): string | undefined {
  if (network === undefined || !isMember(network, from) || !isMember(network, to)) return undefined;
  const [ours, theirs] = [from, to].map((node) =>
    memberOf(network, node).addresses.find((address) => familyOf(address) === family),
  );
  return ours === undefined ? undefined : theirs;
}

/** The nodes between two members: their hubs, or a relay, which they may need. */
function hubsOf(network: Network | undefined, ...pair: readonly string[]): string[] {
  const hubs = pair.flatMap((node) => (network === undefined ? [] : (hubOf(network, node) ?? [])));
  return network?.relay === undefined ? hubs : [...hubs, network.relay];
}

/** The streams by which pairs are measured; the group of each is the place of its pair. */
export function streamsOf(pairs: readonly Pair[]): Stream[] {
  return pairs.flatMap((pair, group): Stream[] => {
    const { way, from, before, after } = pair;
    const both = [...new Set([before, after])].filter((target) => target !== undefined);
    return both.map((target, index) => ({
      id: group * 2 + index,
      group,
      before: target === before,
      awaited: after !== undefined,
      way: way === 'ssh' ? { kind: 'ssh', name: target } : { kind: 'tcp', address: target },
      ...(way === 'ssh' ? {} : { from }),
    }));
  });
}
