import fc from 'fast-check';
import { peersOf } from '../../../../src/layers/wireguard/overlay/peers.js';
import type { Endpoint, Peer } from '../../../../src/layers/wireguard/overlay/types.js';
import type { Inventory, Network, Node } from '../../../../src/model/inventory.js';
import { inventories, lintInventory } from './arbitrary.js';
import { allPairs, directPairs } from './pairs.js';

const sound = inventories.filter(
  (inventory) => !lintInventory(inventory).some(({ severity }) => severity === 'error'),
);
const RUNS = { numRuns: 150 };

/** Every member's peers, and what is known of the nodes. */
function look(inventory: Inventory) {
  const [network] = inventory.networks as [Network];
  const nodes = new Map(inventory.nodes.map((node) => [node.name, node]));
  const peers = new Map(network.members.map(({ node }) => [node, peersOf(inventory, network, node)]));
  const peer = (from: string, to: string): Peer | undefined =>
    peers.get(from)?.find(({ node }) => node === to);
  const node = (name: string): Node => nodes.get(name) ?? fail(`no ${name}`);
  return { network, peers, peer, node };
}

function fail(message: string): never {
  throw new Error(message);
}

const hidden = (inventory: Inventory, node: Node): boolean =>
  node.publicAddresses.length === 0 && (inventory.sites.find(({ name }) => name === node.site)?.nat ?? true);

/** Where a packet to an endpoint comes out, found the way that a packet would: by address and port alone. */
function arrives(inventory: Inventory, from: Node, { address, port }: Endpoint): string | undefined {
  const home = inventory.sites.find(({ name }) => name === from.site);
  const six = address.includes(':');
  const leaves = [
    ...from.publicAddresses,
    ...(home?.nat && home.publicAddresses.length > 0 ? home.publicAddresses : from.lanAddresses),
  ];
  const neighbour = inventory.nodes.some((n) => n.site === from.site && n.lanAddresses.includes(address));
  const sources = neighbour ? from.lanAddresses : leaves;
  // A node of which nothing is known may have either family.
  if (sources.length > 0 && !sources.some((source) => source.includes(':') === six)) return undefined;
  const own = inventory.nodes.find(
    (node) =>
      node.publicAddresses.includes(address) ||
      (node.lanAddresses.includes(address) &&
        (node.site === from.site || inventory.sites.some(({ name, nat }) => name === node.site && !nat))),
  );
  if (own) return `${own.name}:${port}`;
  const router = inventory.sites.find((site) => site.publicAddresses.includes(address));
  // No hairpin: a router doesn't turn back what comes from its own LAN.
  if (!router?.nat || router.name === from.site) return undefined;
  const forward = router.forwards.find((one) => one.protocol === 'udp' && one.port === port);
  return forward && `${forward.node}:${forward.nodePort}`;
}

describe('any inventory that passes the lints', () => {
  it('sends every packet for a peer to that peer, or to the relay that has it', () => {
    fc.assert(
      fc.property(sound, (inventory) => {
        const { network, peers, peer } = look(inventory);
        const relay = network.relay ?? '';
        const routesOf = (name: string) =>
          (network.members.find(({ node }) => node === name)?.addresses ?? []).map(
            (address) => `${address}/${address.includes(':') ? 128 : 32}`,
          );
        const isRelayed = (from: string, to: string): boolean => {
          const back = peer(to, relay)?.allowedIps ?? [];
          const isKnown = peer(relay, to) !== undefined && routesOf(from).every((one) => back.includes(one));
          return isKnown && peer(from, to) === undefined;
        };
        const astray = allPairs(network).flatMap(({ from, to }) =>
          routesOf(to)
            .map((route) => ({ from, to, route, peers: peers.get(from) ?? [] }))
            .filter(({ route, peers: own }) => {
              const holders = own.filter(({ allowedIps }) => allowedIps.includes(route));
              const [next] = holders.map(({ node }) => node);
              return holders.length !== 1 || !(next === to || (next === relay && isRelayed(from, to)));
            }),
        );
        expect(astray).toEqual([]);
      }),
      RUNS,
    );
  });

  it('has for every direct pair a side that can call the other, and endpoints that lead there', () => {
    fc.assert(
      fc.property(sound, (inventory) => {
        const { network, peer, node } = look(inventory);
        const astray = directPairs(inventory, network).filter(({ from, to }) => {
          const there = peer(from, to) ?? fail(`${from} lacks ${to}`);
          const back = peer(to, from) ?? fail(`${to} lacks ${from}`);
          if (!there.endpoint) return back.endpoint === undefined;
          return arrives(inventory, node(from), there.endpoint) !== `${to}:${network.port}`;
        });
        expect(astray).toEqual([]);
      }),
      RUNS,
    );
  });

  it('keeps alive from behind NAT toward what is not, or what cannot call back, and from nowhere else', () => {
    fc.assert(
      fc.property(sound, (inventory) => {
        const { network, peer, node } = look(inventory);
        const wrong = directPairs(inventory, network).filter(({ from, to }) => {
          const [a, b] = [node(from), node(to)];
          const neighbours = a.site !== undefined && a.site === b.site;
          const there = peer(from, to);
          const callsBack = peer(to, from)?.endpoint !== undefined;
          const wanted =
            !neighbours &&
            hidden(inventory, a) &&
            there?.endpoint !== undefined &&
            !(hidden(inventory, b) && callsBack);
          const isKept = there?.keepalive === (wanted ? network.keepalive : undefined);
          const mayRoam = there?.roams === (hidden(inventory, b) && !neighbours);
          // Whom nobody can call must keep its own way open.
          const mustKeep = !callsBack && !neighbours && hidden(inventory, a);
          return !isKept || !mayRoam || (mustKeep && there?.keepalive !== 25);
        });
        expect(wrong).toEqual([]);
      }),
      RUNS,
    );
  });

  it('allows each peer single addresses only, none of them twice, and all of the others together', () => {
    fc.assert(
      fc.property(sound, (inventory) => {
        const { network, peers } = look(inventory);
        for (const [name, list] of peers) {
          const allowed = list.flatMap(({ allowedIps }) => allowedIps);
          const others = network.members.filter(({ node }) => node !== name).flatMap((m) => m.addresses);
          expect(allowed.every((route) => /^[\d.]+\/32$|^[\da-f:]+\/128$/.test(route))).toBe(true);
          expect(allowed.toSorted()).toEqual(
            others.map((a) => `${a}/${a.includes(':') ? 128 : 32}`).toSorted(),
          );
        }
      }),
      RUNS,
    );
  });

  it('is what the lints say: an inventory in which a pair has no way is refused', () => {
    let refused = 0;
    fc.assert(
      fc.property(inventories, (inventory) => {
        const { network, peers } = look(inventory);
        const complete = [...peers.values()].every(
          (list) =>
            list.flatMap(({ addresses, relays }) => [...addresses.slice(0, 1), ...(relays ?? [])]).length ===
            peers.size - 1,
        );
        const errors = lintInventory(inventory).filter(({ severity }) => severity === 'error');
        expect(errors.length === 0).toBe(complete);
        if (!complete) refused += 1;
        for (const { path } of errors) expect(path.slice(0, 2)).toEqual(['networks', network.name]);
      }),
      { numRuns: 400 },
    );
    expect(refused).toBeGreaterThan(20);
  });
});
