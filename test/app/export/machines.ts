import fc from 'fast-check';
import type { Inventory, SshSettings } from '../../../src/model/inventory.js';
import { hubInventories, inventories } from '../../layers/wireguard/overlay/arbitrary.js';

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** How a node is logged into, beside its host; the jump host is a number of a node. */
const logins = fc.record({
  port: some(fc.constantFrom(2222, 65535)),
  user: some(fc.constantFrom('root', 'ops', 'j.doe')),
  key: some(fc.constantFrom('~/.ssh/id_ed25519', '/home/me/my keys/id')),
  jump: some(fc.nat({ max: 6 })),
  sudo: fc.constantFrom<SshSettings['sudo']>('auto', 'passwordless', 'password'),
  role: some(fc.constantFrom('edge', 'k3s-server')),
  release: fc.constantFrom<'bookworm' | 'trixie'>('bookworm', 'trixie'),
});

/** Generated inventories whose nodes are logged into in every way. */
export const machines: fc.Arbitrary<Inventory> = fc
  .tuple(fc.oneof(inventories, hubInventories), fc.array(logins, { minLength: 7, maxLength: 7 }))
  .map(([inventory, ways]) => ({
    ...inventory,
    nodes: inventory.nodes.map((node, index) => {
      const { role, release, jump, ...login } = ways[index] as (typeof ways)[number];
      // Only nodes above: nobody jumps in a circle.
      const hop = index > 0 && jump !== undefined ? { jump: `n-${jump % index}` } : {};
      const known = Object.entries(login).filter(([, value]) => value !== undefined);
      const ssh = { ...node.ssh, ...Object.fromEntries(known), ...hop };
      return { ...node, ...(role !== undefined && { role }), release, ssh };
    }),
  }));
