import { parseYaml } from '../../../src/document/index.js';
import { resolveDocument } from '../../../src/inventory/index.js';
import { pairsOf, streamsOf } from '../../../src/lab/streams/pairs.js';

interface Wanted {
  readonly nodes: readonly string[];
  readonly networks: Readonly<Record<string, object>>;
}

const inventory = ({ nodes, networks }: Wanted) =>
  resolveDocument(
    parseYaml(
      'net.yaml',
      JSON.stringify({
        name: 'net',
        nodes: Object.fromEntries(nodes.map((name, index) => [name, { public: `192.0.2.${index + 1}` }])),
        networks,
      }),
    ),
  ).inventory;

const mesh = (range: string, members: readonly string[], more = {}) => ({
  interface: 'wg0',
  range: `${range}.0/24`,
  addresses: Object.fromEntries(members.map((name) => [name, `${range}.${name.charCodeAt(0) - 96}`])),
  ...more,
});
const NODES = ['a', 'b', 'c'];
const short = (pairs: ReturnType<typeof pairsOf>) =>
  pairs.map(({ from, to, before = '-', after = '-' }) => `${from} ${to} ${before} ${after}`);

it('are all pairs of members before and after, and the logins to nodes of both', () => {
  const former = inventory({ nodes: NODES, networks: { net: mesh('10.20.0', ['a', 'b']) } });
  const next = inventory({ nodes: [...NODES, 'd'], networks: { net: mesh('10.20.0', ['b', 'c', 'd']) } });
  expect(short(pairsOf(former, next))).toEqual([
    'b c - 10.20.0.3',
    'b d - 10.20.0.4',
    'b a 10.20.0.1 -',
    'c d - 10.20.0.4',
    'laptop a a a',
    'laptop b b b',
    'laptop c c c',
  ]);
});

it('of a renumbered network have a stream to each address, and share a group', () => {
  const [former, next] = ['10.20.0', '10.30.0'].map((range) =>
    inventory({ nodes: ['a', 'b'], networks: { net: mesh(range, ['a', 'b']) } }),
  );
  if (former === undefined || next === undefined) throw new Error('no inventory');
  expect(streamsOf(pairsOf(former, next))).toEqual([
    {
      id: 0,
      group: 0,
      before: true,
      awaited: true,
      from: 'a',
      way: { kind: 'tcp', address: '10.20.0.2' },
    },
    {
      id: 1,
      group: 0,
      before: false,
      awaited: true,
      from: 'a',
      way: { kind: 'tcp', address: '10.30.0.2' },
    },
    { id: 2, group: 1, before: true, awaited: true, way: { kind: 'ssh', name: 'a' } },
    { id: 4, group: 2, before: true, awaited: true, way: { kind: 'ssh', name: 'b' } },
  ]);
});

it('of a hub feel its changes, before and after', () => {
  const hub = (name: string) => ({
    nodes: NODES,
    networks: { net: mesh('10.20.0', NODES, { shape: 'hub', hub: name }) },
  });
  const pairs = pairsOf(inventory(hub('a')), inventory(hub('b')));
  const passes = (from: string, to: string) =>
    pairs.find((pair) => pair.from === from && pair.to === to)?.passes;
  expect(passes('b', 'c')).toEqual(['b', 'c', 'a']);
  expect(passes('a', 'c')).toEqual(['a', 'c', 'b']);
});

it('that leave are not waited for', () => {
  const former = inventory({ nodes: NODES, networks: { net: mesh('10.20.0', NODES) } });
  const next = inventory({ nodes: NODES, networks: { net: mesh('10.20.0', ['a', 'b']) } });
  const awaited = streamsOf(pairsOf(former, next)).filter(({ from }) => from !== undefined);
  expect(awaited.map((stream) => stream.awaited)).toEqual([true, false, false]);
});

it('of clients are what they may reach before and after, and feel their hub', () => {
  const hub = (phone: object) => ({
    nodes: NODES,
    networks: {
      net: mesh('10.20.0', NODES, {
        shape: 'hub',
        hub: 'a',
        clients: { phone, tablet: { address: '10.20.0.9' } },
      }),
    },
  });
  const former = inventory(hub({ address: '10.20.0.8' }));
  const { tablet: _tablet, ...clients } = {
    phone: { address: '10.20.0.8', reach: ['b', 'c:80'] },
    tablet: {},
  };
  const next = inventory({
    nodes: NODES,
    networks: { net: mesh('10.20.0', NODES, { shape: 'hub', hub: 'a', clients }) },
  });
  const ofClients = pairsOf(former, next).filter(({ way }) => way === 'client');
  expect(short(ofClients)).toEqual(['phone b 10.20.0.2 10.20.0.2']);
  expect(ofClients[0]?.passes).toEqual(['b', 'a']);
});
