import fc from 'fast-check';
import { endpointFor, publicEndpoint } from '../../../../src/layers/wireguard/overlay/endpoint.js';
import { arePeers, peersOf } from '../../../../src/layers/wireguard/overlay/peers.js';
import type { Inventory, Network } from '../../../../src/model/inventory.js';
import { isHub } from '../../../../src/model/shape.js';
import { hubInventories, lintInventory, mixedInventories } from './arbitrary.js';
import { allPairs, directPairs } from './pairs.js';
import { inRange, tablesOf, walk } from './walk.js';

const errorsOf = (inventory: Inventory) =>
  lintInventory(inventory).filter(({ severity }) => severity === 'error');
const isSound = (inventory: Inventory) => errorsOf(inventory).length === 0;
const networkOf = ({ networks: [network] }: Inventory): Network => network ?? fail();
const RUNS = { numRuns: 150 };

function fail(): never {
  throw new Error('there is no network');
}

interface End {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** Members, and clients that have a way in. */
function endsOf({ members, clients }: Network): End[] {
  const keyed = clients.filter(({ publicKey }) => publicKey !== undefined);
  return [...members.map(({ node, addresses }) => ({ name: node, addresses })), ...keyed];
}

const sameFamily = (addresses: readonly string[], other: string) =>
  addresses.find((address) => address.includes(':') === other.includes(':'));

/** Every packet that must arrive: from each end to each other's addresses, and into each advertised subnet. */
function packetsOf(network: Network) {
  const ends = endsOf(network);
  return ends.flatMap(({ name: from, addresses }) => {
    const others = ends
      .filter(({ name }) => name !== from)
      .flatMap((end) => end.addresses.map((to) => ({ to, at: end.name, lan: false })));
    const lans = network.advertises.flatMap(({ node, subnets }) =>
      subnets.map((subnet) => ({
        to: subnet.replace(/\.0\/\d+$|\/\d+$/, (x) => (x[0] === '.' ? '.200' : '200')),
        at: node,
        lan: true,
      })),
    );
    return [...others, ...lans].flatMap(({ to, at, lan }) => {
      const source = sameFamily(addresses, to);
      return source === undefined ? [] : [{ from, source, to, at, lan }];
    });
  });
}

describe.each([
  ['hubs', hubInventories],
  ['gateways and members of one family alone', mixedInventories],
])('any inventory with %s that passes the lints', (_what, arbitrary) => {
  const sound = arbitrary.filter(isSound);

  it('carries every packet to its destination and back, through whatever forwards packets', () => {
    let lans = 0;
    fc.assert(
      fc.property(sound, (inventory) => {
        const network = networkOf(inventory);
        const tables = tablesOf(inventory, network);
        const lost = packetsOf(network).filter(({ from, source, to, at, lan }) => {
          const hops = walk(inventory, network, tables, { from, source, to });
          // On its own LAN a node needs no gateway.
          if (lan && hops.length === 1) return false;
          if (hops.at(-1) !== at) return true;
          if (!lan) return false;
          lans += 1;
          return walk(inventory, network, tables, { from: at, source: to, to: source }).at(-1) !== from;
        });
        expect(lost).toEqual([]);
      }),
      RUNS,
    );
    expect(lans).toBeGreaterThan(50);
  });

  it('allows no member more than single addresses, advertised subnets, and a spoke the overlay', () => {
    fc.assert(
      fc.property(sound, (inventory) => {
        const network = networkOf(inventory);
        const subnets = network.advertises.flatMap((one) => one.subnets);
        const wrong = network.members.flatMap(({ node, addresses }) => {
          const allowed = peersOf(inventory, network, node).flatMap(({ allowedIps }) => allowedIps);
          const unmeant = allowed.filter((range, index) => {
            const single = /\/32$|:.*\/128$/.test(range);
            const overlay =
              network.shape === 'hub' && !isHub(network, node) && network.ranges.includes(range);
            const isMeant = single || overlay || subnets.includes(range);
            const isRepeated = allowed.indexOf(range) !== index;
            return !isMeant || isRepeated || sameFamily(addresses, range) === undefined;
          });
          return unmeant.map((range) => ({ node, range }));
        });
        expect(wrong).toEqual([]);
      }),
      RUNS,
    );
  });

  it('routes nobody his own LAN', () => {
    fc.assert(
      fc.property(sound, (inventory) => {
        const network = networkOf(inventory);
        const own = network.members.flatMap(({ node }) => {
          const lan = inventory.nodes.find(({ name }) => name === node)?.lanAddresses ?? [];
          const routed = peersOf(inventory, network, node).flatMap(({ allowedIps }) => allowedIps);
          const wrong = routed.filter((range) => lan.some((address) => inRange(range, address)));
          return wrong.map((range) => ({ node, range }));
        });
        expect(own).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('any inventory with hubs', () => {
  it('has a tunnel for just spoke and hub, and hub and hub, and peers on both sides of it', () => {
    fc.assert(
      fc.property(hubInventories.filter(isSound), (inventory) => {
        const network = networkOf(inventory);
        const peers = new Map(
          network.members.map(({ node }) => [
            node,
            peersOf(inventory, network, node).filter((p) => !p.client),
          ]),
        );
        const direct = directPairs(inventory, network).map(({ from, to }) => `${from} ${to}`);
        const blocks = [...peers].flatMap(([from, list]) => list.map(({ node }) => `${from} ${node}`));
        expect(blocks.toSorted()).toEqual(direct.toSorted());
        const spokes = network.members.length - network.hubs.length;
        expect(direct).toHaveLength(2 * spokes + network.hubs.length * (network.hubs.length - 1));
        for (const [from, list] of peers) {
          if (!isHub(network, from)) expect(list.map(({ node }) => node)).toEqual([network.hubOf[from]]);
        }
      }),
      RUNS,
    );
  });

  it('is what the lints say: refused is one in which a tunnel, a client or a packet has no way, and no other', () => {
    const seen = { refused: 0, sound: 0 };
    fc.assert(
      fc.property(hubInventories, (inventory) => {
        const network = networkOf(inventory);
        const calls = (a: string, b: string) => endpointFor(inventory, network, a, b) !== undefined;
        const tunnels = allPairs(network)
          .filter(({ from, to }) => arePeers(inventory, network, from, to))
          .every(({ from, to }) => calls(from, to) || calls(to, from));
        const clients = network.clients.every(
          ({ name }) => publicEndpoint(inventory, network, network.hubOf[name] ?? '') !== undefined,
        );
        const past = network.advertises.some(({ node, subnets }) =>
          network.hubs.some((hub) => {
            const at = inventory.nodes.find(({ name }) => name === hub);
            const lan = inventory.sites.find(({ name }) => name === at?.site)?.subnets ?? [];
            return hub !== node && lan.some((range) => subnets.includes(range));
          }),
        );
        const fine = tunnels && clients && !past;
        expect(isSound(inventory)).toBe(fine);
        seen[fine ? 'sound' : 'refused'] += 1;
      }),
      { numRuns: 400 },
    );
    expect(seen.refused).toBeGreaterThan(50);
    expect(seen.sound).toBeGreaterThan(20);
  });
});
