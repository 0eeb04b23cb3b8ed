import { problemsOf } from './support.js';

const NODES =
  'name: x\nsites: { home: { subnet: 10.86.0.0/24 } }\nnodes: { vps: { public: 198.51.100.8 }, pc1: {}, pc2: {} }\n';
const fixes = (networks: string): string[] =>
  problemsOf(`${NODES}networks:\n${networks}\n`)
    .filter((line) => line.includes('is missing'))
    .map((line) => line.replace(/^\S+ {2}/, ''));

it.each([
  [
    'nothing but a name',
    '  mesh: {}',
    [
      'networks.mesh.range: is missing; add it, such as "range: 10.86.1.0/24"',
      'networks.mesh.addresses: is missing; add the members, such as "addresses: { vps: 10.86.1.1, pc1: 10.86.1.2, pc2: 10.86.1.3 }"',
    ],
  ],
  [
    'a range',
    '  mesh: { range: 10.20.0.0/24 }',
    [
      'networks.mesh.addresses: is missing; add the members, such as "addresses: { vps: 10.20.0.1, pc1: 10.20.0.2, pc2: 10.20.0.3 }"',
    ],
  ],
  [
    'a range of each family, and a client',
    '  hub: { shape: hub, hub: vps, range: [10.20.0.0/24, "fd00:20::/64"], clients: { phone: { address: 10.20.0.1 } } }',
    [
      'networks.hub.addresses: is missing; add the members, such as "addresses: { vps: [10.20.0.2, fd00:20::1], pc1: [10.20.0.3, fd00:20::2], pc2: [10.20.0.4, fd00:20::3] }"',
    ],
  ],
  [
    'addresses',
    '  mesh: { addresses: { vps: 10.44.7.1, pc1: 10.44.7.2 } }',
    ['networks.mesh.range: is missing; add it, such as "range: 10.44.7.0/24"'],
  ],
  [
    'another network in the way',
    '  one: { range: 10.86.1.0/24, addresses: { vps: 10.86.1.1 } }\n  two: { interface: wg1, port: 51821 }',
    [
      'networks.two.range: is missing; add it, such as "range: 10.86.2.0/24"',
      'networks.two.addresses: is missing; add the members, such as "addresses: { vps: 10.86.2.1, pc1: 10.86.2.2, pc2: 10.86.2.3 }"',
    ],
  ],
  ['a range that is none', '  mesh: { range: [], addresses: { vps: 10.44.7.1 } }', []],
])('of a network with %s, what is missing is written out', (_what, networks, lines) => {
  expect(fixes(networks)).toEqual(lines);
});

it('offers every address once', () => {
  const found = problemsOf(
    `${NODES}networks: { mesh: { range: 10.20.0.0/24, addresses: { vps: 10.20.0.1, pc1: 10.20.0.1, pc2: 10.21.0.1 } } }\n`,
  );
  expect(found.join('\n')).toContain('give each its own address, such as 10.20.0.2');
  expect(found.join('\n')).toContain('choose one inside, such as 10.20.0.3, or widen networks.mesh.range');
});

it('offers nothing if all private ranges are taken', () => {
  const sites = 'sites: { a: { subnet: 10.0.0.0/8 }, b: { subnet: 192.168.0.0/16 } }';
  const found = problemsOf(
    `name: x\n${sites}\nnodes: { vps: { public: 198.51.100.8 } }\nnetworks: { mesh: {} }\n`,
  );
  expect(found.filter((line) => line.includes('networks.mesh.range: is missing'))).toHaveLength(1);
});
