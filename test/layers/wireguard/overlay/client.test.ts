import { Secret } from '../../../../src/core/secret.js';
import {
  clientConfig,
  clientSettings,
  publicClientConfig,
} from '../../../../src/layers/wireguard/overlay/client-config.js';
import { parseConfig } from '../../../../src/layers/wireguard/overlay/parse-config.js';
import { reachOf } from '../../../../src/layers/wireguard/overlay/reach.js';
import type { Client, Inventory, Network } from '../../../../src/model/inventory.js';
import { resolve } from '../../../inventory/support.js';

const HUB_KEY = 'HUBKEYHUBKEYHUBKEYHUBKEYHUBKEYHUBKEYHUBKEYA=';

/** A hub in two families with a gateway; `words` go into the phone's entry. */
function network(words = '', more = ''): { inventory: Inventory; network: Network } {
  const { inventory } = resolve(`name: n
sites:
  home: { subnet: [192.168.1.0/24, "fd01::/64"], public: 203.0.113.8 }
nodes:
  vps: { public: [198.51.100.8, "2001:db8::8"] }
  gw: { site: home, lan: [192.168.1.10, "fd01::10"] }
  lan-1: { site: home, lan: [192.168.1.100, "fd01::100"] }
networks:
  net:
    shape: hub
    hub: vps
    range: [10.8.0.0/24, "fd42:8::/64"]
    internet: true
    mtu: 1380${more}
    addresses: { vps: [10.8.0.1, "fd42:8::1"], gw: [10.8.0.3, "fd42:8::3"] }
    advertise: { gw: { subnets: [192.168.1.0/24, "fd01::/64"] } }
    clients:
      phone: { address: [10.8.0.2, "fd42:8::2"]${words} }
`);
  const [first] = inventory.networks as [Network];
  return { inventory, network: first };
}

const reach = (words: string) => {
  const at = network(words);
  return reachOf(at.inventory, at.network, 'phone');
};

describe("a client's configuration", () => {
  const keys = { privateKey: new Secret('PRIVATE'), hubPublicKey: HUB_KEY };

  it('sends overlay and LANs through a split tunnel', () => {
    const at = network();
    const config = clientConfig(at.inventory, at.network, 'phone', keys);
    expect(`${config}`).toBe('[redacted]');
    expect(config.reveal()).toBe(`[Interface]
Address = 10.8.0.2/32, fd42:8::2/128
PrivateKey = PRIVATE
MTU = 1380

[Peer]
PublicKey = ${HUB_KEY}
AllowedIPs = 10.8.0.0/24, fd42:8::/64, 192.168.1.0/24, fd01::/64
Endpoint = 198.51.100.8:51820
PersistentKeepalive = 25
`);
  });

  it('sends everything through a full tunnel, and names its DNS and its preshared key', () => {
    const at = network(', tunnel: full, dns: ["2606:4700:4700::1111", 1.1.1.1]');
    const presharedKey = new Secret('SHARED');
    const config = clientConfig(at.inventory, at.network, 'phone', { ...keys, presharedKey });
    expect(config.reveal()).toBe(`[Interface]
Address = 10.8.0.2/32, fd42:8::2/128
PrivateKey = PRIVATE
DNS = 1.1.1.1, 2606:4700:4700::1111
MTU = 1380

[Peer]
PublicKey = ${HUB_KEY}
PresharedKey = SHARED
AllowedIPs = 0.0.0.0/0, ::/0
Endpoint = 198.51.100.8:51820
PersistentKeepalive = 25
`);
  });

  it('is shown without its keys, and says so', () => {
    const at = network('', '\n    presharedKeys: true');
    const text = publicClientConfig(at.inventory, at.network, 'phone', HUB_KEY);
    expect(text).toContain('# PrivateKey: only the client has it\n');
    expect(text).toContain('# PresharedKey: only the client and the hub have it\n');
    expect(parseConfig(text).peers).toEqual([
      {
        publicKey: HUB_KEY,
        allowedIps: ['10.8.0.0/24', 'fd42:8::/64', '192.168.1.0/24', 'fd01::/64'],
        endpoint: '198.51.100.8:51820',
        keepalive: 25,
      },
    ]);
  });

  it('connects to a hub behind a router at the forwarded port, and to an IPv6-only one on IPv6', () => {
    const hub = (nodes: string) => {
      const { inventory } = resolve(`name: n
sites:
  home: { subnet: 192.168.1.0/24, public: 203.0.113.8, forwards: [{ port: 443, node: own, nodePort: 51820 }] }
nodes: { own: { site: home, lan: 192.168.1.10 }, six: { public: "2001:db8::6" } }
networks:
  net:
    shape: hub
    hub: ${nodes}
    range: 10.8.0.0/24
    addresses: { ${nodes}: 10.8.0.1 }
    clients: { phone: { address: 10.8.0.2 } }
`);
      const [first] = inventory.networks as [Network];
      return clientSettings(inventory, first, 'phone').endpoint;
    };
    expect(hub('own')).toBe('203.0.113.8:443');
    expect(hub('six')).toBe('[2001:db8::6]:51820');
  });

  it('is not made for a client that the network does not have', () => {
    const at = network();
    expect(() => clientSettings(at.inventory, at.network, 'tablet')).toThrow('tablet is not a client of net');
  });
});

describe('what a client may reach', () => {
  const OVERLAY = ['10.8.0.0/24', 'fd42:8::/64'];
  const LAN = ['192.168.1.0/24', 'fd01::/64'];

  it.each<[words: string, ranges: string[], internet: boolean]>([
    ['', ['10.8.0.0/24', '192.168.1.0/24', 'fd42:8::/64', 'fd01::/64'], false],
    [', tunnel: full', ['10.8.0.0/24', '192.168.1.0/24', 'fd42:8::/64', 'fd01::/64'], true],
    [', reach: overlay', OVERLAY, false],
    [', reach: [lan]', LAN, false],
    [', tunnel: full, reach: internet', [], true],
    [', tunnel: full, reach: [lan, internet]', LAN, true],
    [', reach: [lan-1]', ['192.168.1.100/32', 'fd01::100/128'], false],
    [', reach: [gw]', ['10.8.0.3/32', '192.168.1.10/32', 'fd42:8::3/128', 'fd01::10/128'], false],
    [', reach: [192.168.1.64/26, "fd01::/96"]', ['192.168.1.64/26', 'fd01::/96'], false],
    [
      ', reach: [192.168.1.64/26, lan-1, 10.8.0.3/32]',
      ['192.168.1.64/26', '10.8.0.3/32', 'fd01::100/128'],
      false,
    ],
    [', reach: [lan-1, 192.168.1.100/32]', ['192.168.1.100/32', 'fd01::100/128'], false],
  ])('with "%s"', (words, ranges, internet) => {
    expect(reach(words)).toEqual({ ranges, services: [], internet });
  });

  const tcp = (range: string, port: number) => ({ range, protocol: 'tcp', port });

  it.each<[words: string, ranges: string[], services: object[]]>([
    ['[lan-1:3000]', [], [tcp('192.168.1.100/32', 3000), tcp('fd01::100/128', 3000)]],
    ['[lan-1:3000, lan]', LAN, []],
    [
      '[lan-1:3000, 192.168.1.0/24:3000, lan-1:3000/tcp]',
      [],
      [tcp('192.168.1.0/24', 3000), tcp('fd01::100/128', 3000)],
    ],
    [
      '[192.168.1.100:53/udp, 192.168.1.0/24:53]',
      [],
      [{ range: '192.168.1.100/32', protocol: 'udp', port: 53 }, tcp('192.168.1.0/24', 53)],
    ],
    ['["[fd01::/64]:80", 192.168.1.100]', ['192.168.1.100/32'], [tcp('fd01::/64', 80)]],
  ])('with the ports %s', (words, ranges, services) => {
    expect(reach(`, reach: ${words}`)).toEqual({ ranges, services, internet: false });
  });

  it('leaves the AllowedIPs as they are, whatever its ports', () => {
    const at = network(', reach: [lan-1:3000]');
    expect(clientSettings(at.inventory, at.network, 'phone').allowedIps).toEqual([
      '10.8.0.0/24',
      'fd42:8::/64',
      '192.168.1.0/24',
      'fd01::/64',
    ]);
  });

  it('lets a name server be asked at its port alone', () => {
    expect(() => network(', dns: 192.168.1.1, reach: [192.168.1.1:53/udp]')).not.toThrow();
  });

  it('has only its own families', () => {
    const at = network();
    const only = at.network.clients.map((client): Client => ({ ...client, addresses: ['10.8.0.2'] }));
    const four = { ...at.network, clients: only };
    expect(reachOf(at.inventory, four, 'phone').ranges).toEqual(['10.8.0.0/24', '192.168.1.0/24']);
    expect(clientSettings(at.inventory, four, 'phone').allowedIps).toEqual(['10.8.0.0/24', '192.168.1.0/24']);
  });
});
