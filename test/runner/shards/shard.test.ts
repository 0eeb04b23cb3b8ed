import fc from 'fast-check';
import { transferPort } from '../../../src/layers/wireguard/gates/shared/transfer-port.js';
import { forwardsPackets } from '../../../src/model/shape.js';
import { countsFor } from '../../../src/runner/plan/scope.js';
import { nodesOfShard } from '../../../src/runner/shards/shard.js';
import { mixedInventories } from '../../layers/wireguard/overlay/arbitrary.js';

const sharesOf = (inventory: Parameters<typeof nodesOfShard>[0], of: number): string[][] =>
  Array.from({ length: of }, (_, turn) => nodesOfShard(inventory, { index: turn + 1, of }));

const split = fc
  .tuple(mixedInventories, fc.nat())
  .map(([inventory, number]) => ({ inventory, of: 1 + (number % inventory.nodes.length) }));

describe('the shares of an inventory', () => {
  it('have each node once, in the order of the inventory, none empty, and none more than one larger', () => {
    fc.assert(
      fc.property(split, ({ inventory, of }) => {
        const names = inventory.nodes.map(({ name }) => name);
        const shares = sharesOf(inventory, of);
        expect(shares.flat().sort()).toEqual([...names].sort());
        expect(shares).toEqual(shares.map((share) => names.filter((name) => share.includes(name))));
        const sizes = shares.map(({ length }) => length);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('share out the nodes that forward packets for others as evenly', () => {
    fc.assert(
      fc.property(split, ({ inventory, of }) => {
        const carrying = sharesOf(inventory, of).map(
          (share) =>
            share.filter((name) =>
              inventory.networks.some((network) => forwardsPackets(inventory, network, name)),
            ).length,
        );
        expect(Math.max(...carrying) - Math.min(...carrying)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('count each ordered pair once, and whatever concerns a single node once', () => {
    fc.assert(
      fc.property(split, ({ inventory, of }) => {
        const names = inventory.nodes.map(({ name }) => name);
        const counts = sharesOf(inventory, of).map((share, turn) =>
          countsFor(new Set(share), { index: turn + 1, of }),
        );
        const pairs = names.flatMap((node) => [undefined, ...names].map((peer) => ({ node, peer })));
        const times = ({ node, peer }: (typeof pairs)[number]) => counts.filter((count) => count(node, peer));
        expect(pairs.filter((pair) => times(pair).length !== 1)).toEqual([]);
      }),
    );
  });
});

it('a chosen node counts at either end', () => {
  const counts = countsFor(new Set(['a']));
  expect([counts('a'), counts('a', 'b'), counts('b', 'a'), counts('b', 'c'), counts('b')]).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

it('no two lanes ever take the same port, whatever the tokens of their runs', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 4000 }),
      fc.string(),
      fc.string(),
      fc.nat(),
      fc.nat(),
      (of, one, other, i, j) => {
        const lanes = [1 + (i % of), 1 + ((i + 1 + (j % (of - 1))) % of)] as const;
        const ports = [
          transferPort(one, { index: lanes[0], of }),
          transferPort(other, { index: lanes[1], of }),
        ];
        expect(ports[0]).not.toBe(ports[1]);
        expect(ports.filter((port) => port < 61_000 || port >= 65_000)).toEqual([]);
      },
    ),
  );
});
