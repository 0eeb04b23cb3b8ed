import { peersMustFollow } from '../../../../src/layers/wireguard/tunnel/joint.js';
import type { LiveInterface, LivePeer } from '../../../../src/layers/wireguard/tunnel/live.js';
import type { WantedInterface, WantedPeer } from '../../../../src/layers/wireguard/tunnel/repair.js';

const peer = (publicKey: string, sha256?: string): WantedPeer => ({
  node: publicKey,
  publicKey,
  addresses: [],
  allowedIps: [],
  roams: false,
  mayHaveLearned: () => true,
  ...(sha256 !== undefined && { presharedKey: { file: 'x', sha256 } }),
});
const seen = (publicKey: string, presharedKey?: string): LivePeer => ({
  publicKey,
  allowedIps: [],
  latestHandshake: 0,
  keepalive: 0,
  ...(presharedKey !== undefined && { presharedKey }),
});
const wanted: WantedInterface = {
  interface: 'wg0',
  port: 51820,
  mtu: 1420,
  addresses: ['10.9.0.1/32', '10.9.0.2/32'],
  routes: [],
  sshOver: () => 'without touching SSH',
  peers: [peer('A=', 'sum'), peer('B=')],
};
const live: LiveInterface = {
  publicKey: 'OWN=',
  port: 51820,
  mtu: 1420,
  addresses: ['10.9.0.1/32'],
  routes: [],
  peers: [seen('A=', 'sum'), seen('B=')],
  now: 0,
};

describe('what peers must follow', () => {
  it.each<[string, Partial<LiveInterface>, boolean]>([
    ['an address more, or nothing', {}, false],
    ['an MTU', { mtu: 1280 }, false],
    ['a route', { routes: ['10.1.0.0/16'] }, false],
    ['the length of a prefix', { addresses: ['10.9.0.1/24'] }, false],
    ['a peer more', { peers: [seen('A=', 'sum')] }, false],
    ['a peer less', { peers: [...live.peers, seen('C=')] }, false],
    [
      'an endpoint of one peer',
      { peers: [seen('A=', 'sum'), { ...seen('B='), endpoint: '192.0.2.1:1' }] },
      false,
    ],
    ['another port', { port: 51821 }, true],
    ['another key of its own', { publicKey: 'OLD=' }, true],
    ['an address that goes', { addresses: ['10.9.0.1/32', '10.8.0.1/32'] }, true],
    ['another key of a peer', { peers: [seen('A=', 'sum'), seen('OLD=')] }, true],
    ['another preshared key', { peers: [seen('A=', 'other'), seen('B=')] }, true],
    ['a preshared key that goes', { peers: [seen('A=', 'sum'), seen('B=', 'sum')] }, true],
  ])('%s', (_what, over, expected) => {
    expect(peersMustFollow(wanted, { ...live, ...over }, 'OWN=')).toBe(expected);
  });
});
