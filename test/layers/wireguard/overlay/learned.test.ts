import { mayBeLearned, splitHostPort } from '../../../../src/layers/wireguard/overlay/learned.js';
import { peersOf } from '../../../../src/layers/wireguard/overlay/peers.js';
import type { Inventory } from '../../../../src/model/inventory.js';
import { homeMesh } from '../../../fixtures/home-mesh-inventory.js';

const [network] = homeMesh.networks;
if (!network) throw new TypeError('the fixture has no network');

const learned = (from: string, to: string, live: string, hasGoneSilent = false): boolean => {
  const peer = peersOf(homeMesh, network, from).find(({ node }) => node === to);
  if (!peer) throw new TypeError(`${from} has no peer ${to}`);
  return mayBeLearned(homeMesh, network, { on: from, peer, live, hasGoneSilent });
};

describe('an endpoint that is live', () => {
  it.each([
    ['behind NAT, from any port', 'ctb-edge-1', 'wk-1', '203.0.113.10:32308', true],
    ['behind NAT, from another address', 'ctb-edge-1', 'wk-1', '198.18.0.9:51820', true],
    ['public, from its own address', 'wk-1', 'ctb-edge-1', '198.51.100.25:51820', true],
    ['public, from a port that the own router gave it', 'wk-1', 'ctb-edge-1', '198.51.100.25:61997', true],
    ['public, from another of its addresses', 'wk-1', 'ctb-edge-1', '198.51.100.26:51820', true],
    ['a neighbour, from another of its addresses', 'wk-1', 'wk-2', '192.168.15.99:51820', true],
    ['a neighbour, from another port', 'wk-1', 'wk-2', '192.168.15.4:51999', false],
    ['a neighbour, from what isn’t an endpoint', 'wk-1', 'wk-2', 'nonsense', false],
  ])('of a peer %s', (_what, from, to, live, expected) => {
    expect(learned(from, to, live)).toBe(expected);
  });

  it('of a peer that has not answered for long is not at a port of the own router', () => {
    expect(learned('wk-1', 'ctb-edge-1', '198.51.100.25:61997', true)).toBe(false);
  });

  it('is split as wg shows it', () => {
    expect(splitHostPort('10.0.0.1:51820')).toEqual({ address: '10.0.0.1', port: 51820 });
    expect(splitHostPort('[fd00::1]:51820')).toEqual({ address: 'fd00::1', port: 51820 });
    expect(splitHostPort('(none)')).toBeUndefined();
  });
});

describe('an endpoint that is live on a public node', () => {
  const edges: Inventory = {
    ...homeMesh,
    nodes: homeMesh.nodes.map((node) =>
      node.name === 'wk-1' ? { ...node, publicAddresses: ['198.51.100.30'] } : node,
    ),
  };

  it.each([
    ['its own address and port', '198.51.100.30:51820', true],
    ['another port than it listens on', '198.51.100.30:51999', false],
  ])('of a public peer, from %s', (_what, live, expected) => {
    const peer = peersOf(edges, network, 'ctb-edge-1').find(({ node }) => node === 'wk-1');
    if (!peer) throw new TypeError('no peer wk-1');
    expect(mayBeLearned(edges, network, { on: 'ctb-edge-1', peer, live, hasGoneSilent: false })).toBe(
      expected,
    );
  });
});
