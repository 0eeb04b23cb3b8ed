import { parsePrefs } from '../../../src/layers/tailscale/live/prefs.js';
import { parseStatus } from '../../../src/layers/tailscale/live/status.js';
import { coveredBy } from '../../../src/layers/tailscale/range/own-lans.js';
import { USES, useText } from '../../../src/layers/tailscale/range/used.js';
import { GarbledReply } from '../../../src/remote/reply-lines.js';

it("reads tailscaled's settings, the internet apart from other ranges", () => {
  const text = JSON.stringify({
    ControlURL: 'https://hs.example.com/',
    RouteAll: true,
    ExitNodeID: '',
    ExitNodeIP: '100.64.0.4',
    ExitNodeAllowLANAccess: true,
    CorpDNS: false,
    AdvertiseTags: null,
    Hostname: 'edge',
    AdvertiseRoutes: ['fd00::/64', '0.0.0.0/0', '::/0', '10.0.0.0/8'],
    NetfilterMode: 1,
  });
  expect(parsePrefs(text)).toEqual({
    loginServer: 'https://hs.example.com',
    hostName: 'edge',
    acceptDns: false,
    acceptRoutes: true,
    advertises: ['10.0.0.0/8', 'fd00::/64'],
    offersExit: true,
    exitNodeId: '',
    exitNodeAddress: '100.64.0.4',
    exitKeepsLan: true,
    tags: [],
    netfilter: 'nodivert',
  });
});

it('reads nothing from a machine without tailscaled, and refuses what is no JSON', () => {
  expect(parsePrefs('\n')).toBeUndefined();
  expect(parseStatus('')).toBeUndefined();
  expect(() => parseStatus('failed to connect')).toThrow(GarbledReply);
  expect(() => parsePrefs('7')).toThrow(GarbledReply);
});

it('reads a node that has just been started and knows nobody', () => {
  expect(parseStatus('{"BackendState":"NeedsLogin","Self":null,"Peer":null,"Health":null}')).toEqual({
    state: 'NeedsLogin',
    self: undefined,
    keyExpiry: undefined,
    peers: [],
    health: [],
  });
});

it("finds who else uses the tailnet's range, and nobody who doesn't", () => {
  const stdout = `address 100.72.1.9/24 eth0
address 192.168.1.2/24 eth0
address fd7a:115c:a1e0:1::9/64 eth1
route 100.64.0.0/10 dev wg0
route default via 192.168.1.1
route 100.128.0.0/16 via 192.168.1.1
resolver 100.100.2.136
resolver 1.1.1.1
rule -A PREROUTING -d 100.96.0.7/32 -j DNAT
`;
  const uses = USES.parse({ id: 'x', code: 0, stdout, stderr: '' });
  expect(uses.map(useText)).toEqual([
    'an address of the machine: 100.72.1.9/24 eth0',
    'an address of the machine: fd7a:115c:a1e0:1::9/64 eth1',
    'a route: 100.64.0.0/10 dev wg0',
    'a name server: 100.100.2.136',
    'a firewall rule or a load balancer: -A PREROUTING -d 100.96.0.7/32 -j DNAT',
  ]);
});

it('finds the own LAN that a route covers, wholly or in part', () => {
  const lans = [{ range: '10.1.0.0/24', device: 'eth0' }];
  expect(coveredBy('10.0.0.0/8', lans)).toEqual(lans[0]);
  expect(coveredBy('10.1.0.128/25', lans)).toEqual(lans[0]);
  expect(coveredBy('10.2.0.0/24', lans)).toBeUndefined();
});
