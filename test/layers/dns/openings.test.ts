import { dnsOpenings } from '../../../src/layers/dns/openings.js';
import { resolve } from '../../inventory/support.js';
import { INVENTORY } from './fixture.js';

it('opens port 53 of a serving node for its LAN and its networks, and for nobody else', () => {
  const base = { node: 'home-1', port: 53, because: 'dns home.example.com' };
  const lan = { ...base, sources: ['192.168.1.0/24', 'fd42:1::/64'] };
  const mesh = { ...base, sources: ['10.88.0.0/24', 'fd42:88::/64'], interface: 'wg0' };
  expect(dnsOpenings(INVENTORY)).toEqual([
    { ...lan, protocol: 'udp' },
    { ...lan, protocol: 'tcp' },
    { ...mesh, protocol: 'udp' },
    { ...mesh, protocol: 'tcp' },
  ]);
});

it('opens it through the interface of a tailnet', () => {
  const { inventory } = resolve(`name: tail
nodes: { a: { public: 198.51.100.8 }, b: { public: 198.51.100.9 } }
networks: { tail: { kind: tailscale, authKey: { env: KEY } } }
dns: { zone: home.arpa, serve: a }
`);
  expect(dnsOpenings(inventory)).toHaveLength(2);
  expect(dnsOpenings(inventory)[0]).toEqual({
    node: 'a',
    protocol: 'udp',
    port: 53,
    sources: ['100.64.0.0/10', 'fd7a:115c:a1e0::/48'],
    interface: 'tailscale0',
    because: 'dns home.arpa',
  });
});
