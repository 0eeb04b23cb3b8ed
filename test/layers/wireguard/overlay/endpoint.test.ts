import { endpointFor } from '../../../../src/layers/wireguard/overlay/endpoint.js';
import { peersOf, routesOf } from '../../../../src/layers/wireguard/overlay/peers.js';
import { hostPort } from '../../../../src/model/address.js';
import type { Inventory, Network } from '../../../../src/model/inventory.js';
import { forwardsPackets } from '../../../../src/model/shape.js';
import { problemsOf, resolve } from '../../../inventory/support.js';
import { directPairs } from './pairs.js';

const WORLD = `name: world
sites:
  home:
    subnet: [192.168.15.0/24, "fd00:15::/64"]
    public: [203.0.113.10, "2001:db8:10::1"]
    forwards:
      - { port: 51821, node: h1, nodePort: 51820 }
      - { protocol: tcp, port: 51820, node: h2 }
      - { port: 51999, node: h2 }
  cabin: { subnet: 10.8.0.0/24, public: 203.0.113.30 }
  office: { subnet: 10.9.0.0/24, nat: false }
nodes:
  four: { public: 198.51.100.4 }
  six: { public: "2001:db8::6" }
  both: { public: ["2001:db8::46", 198.51.100.46] }
  h1: { site: home, lan: [192.168.15.11, "fd00:15::11"] }
  h2: { site: home, lan: ["fd00:15::12", 192.168.15.12] }
  c1: { site: cabin, lan: 10.8.0.2 }
  o1: { site: office, lan: 10.9.0.2 }
networks:
  mesh:
    range: 172.27.15.0/24
    relay: both
    addresses: { four: 172.27.15.4, six: 172.27.15.6, both: 172.27.15.46, h1: 172.27.15.11, h2: 172.27.15.12, c1: 172.27.15.21, o1: 172.27.15.31 }
`;

describe('endpoints', () => {
  // six and c1, o1, four have no family in common; the relay has both.
  const inventory: Inventory = resolve(WORLD).inventory;
  const [network] = inventory.networks as [Network];
  const seen = (from: string, to: string) => {
    const endpoint = endpointFor(inventory, network, from, to);
    return endpoint && `${endpoint.via} ${hostPort(endpoint.address, endpoint.port)}`;
  };

  it.each([
    ['four', 'both', 'public 198.51.100.46:51820'],
    ['both', 'four', 'public 198.51.100.4:51820'],
    ['both', 'six', 'public [2001:db8::6]:51820'],
    ['six', 'both', 'public [2001:db8::46]:51820'],
    ['six', 'four', undefined],
    ['four', 'h1', 'forward 203.0.113.10:51821'],
    ['six', 'h1', 'forward [2001:db8:10::1]:51821'],
    ['h1', 'six', 'public [2001:db8::6]:51820'],
    ['h1', 'h2', 'lan 192.168.15.12:51820'],
    ['h2', 'h1', 'lan 192.168.15.11:51820'],
    ['four', 'h2', undefined],
    ['h2', 'four', 'public 198.51.100.4:51820'],
    ['c1', 'h1', 'forward 203.0.113.10:51821'],
    ['h1', 'c1', undefined],
    ['h2', 'c1', undefined],
    ['c1', 'h2', undefined],
    ['four', 'o1', 'public 10.9.0.2:51820'],
    ['o1', 'c1', undefined],
  ])('%s calls %s at %s', (from, to, wanted) => {
    expect(seen(from, to)).toBe(wanted);
  });

  const peer = (from: string, to: string) =>
    peersOf(inventory, network, from).find(({ node }) => node === to);

  it.each([
    ['c1', 'four', 25, 'behind NAT toward what is not'],
    ['four', 'c1', undefined, 'never toward NAT'],
    ['c1', 'h1', 25, 'toward NAT that cannot call back'],
    ['h1', 'c1', undefined, 'what is called keeps quiet'],
    ['h1', 'h2', undefined, 'neighbours'],
    ['four', 'both', undefined, 'both public'],
    ['o1', 'four', undefined, 'a routed site is not behind NAT'],
  ] as [string, string, number | undefined, string][])(
    '%s to %s keeps alive: %s (%s)',
    (from, to, wanted) => {
      expect(peer(from, to)).toBeDefined();
      expect(peer(from, to)?.keepalive).toBe(wanted);
    },
  );

  it('says which peers may be learned from elsewhere', () => {
    expect([peer('four', 'h1')?.roams, peer('h2', 'h1')?.roams, peer('h1', 'four')?.roams]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('sends pairs that cannot meet through the relay, on both sides', () => {
    expect(peer('c1', 'h2')).toBeUndefined();
    expect(peer('c1', 'both')).toMatchObject({
      allowedIps: ['172.27.15.46/32', '172.27.15.6/32', '172.27.15.12/32'],
      relays: ['six', 'h2'],
    });
    expect(peer('h2', 'both')?.allowedIps).toContain('172.27.15.21/32');
    expect(routesOf(inventory, network, 'c1')).toHaveLength(6);
    const pairs = directPairs(inventory, network).map(({ from, to }) => `${from}>${to}`);
    expect(pairs).not.toContain('c1>h2');
    expect(pairs).toContain('c1>h1');
  });

  it('says who forwards packets', () => {
    expect(inventory.nodes.filter(({ name }) => forwardsPackets(inventory, undefined, name))).toHaveLength(1);
    expect(forwardsPackets(inventory, network, 'both')).toBe(true);
    expect(forwardsPackets(inventory, network, 'four')).toBe(false);
  });

  it('refuses a node that isn’t a member', () => {
    expect(() => peersOf(inventory, network, 'nobody')).toThrow('nobody is not a member of mesh');
  });
});

describe('pairs that cannot meet', () => {
  const line = (text: string) =>
    problemsOf(text).map((problem) => problem.replace(/^\S+ {2}networks\.mesh\.(addresses\.|relay: )/, ''));

  it('names every forward that is missing, and a relay that would do', () => {
    expect(line(WORLD.replace('    relay: both\n', ''))).toEqual([
      "six: six and four can't connect: neither can reach the other; give them addresses of one family, or set networks.mesh.relay: both",
      "c1: c1 and six can't connect: neither can reach the other (six has no address of the same family as the public address of site cabin); give them addresses of one family, or set networks.mesh.relay: both",
      "c1: c1 and h2 can't connect: neither can reach the other; site cabin must forward a UDP port of its public address to c1:51820, or site home must forward a UDP port of its public address to h2:51820, or set networks.mesh.relay: four",
      "o1: o1 and six can't connect: neither can reach the other; give them addresses of one family, or set networks.mesh.relay: both",
    ]);
  });

  it('says what hinders a forward', () => {
    const text = WORLD.replace('    relay: both\n', '')
      .replace('cabin: { subnet: 10.8.0.0/24, public: 203.0.113.30 }', 'cabin: { subnet: 10.8.0.0/24 }')
      .replace('four: { public: 198.51.100.4 }', 'four: { ssh: { host: four.example.org } }');
    expect(line(text)).toContain(
      "c1: c1 and four can't connect: neither can reach the other (site cabin has no public address to forward to c1 from; four has neither a public address nor a site); set networks.mesh.relay: both",
    );
  });

  it('refuses a relay that cannot meet those who need it', () => {
    expect(line(WORLD.replace('relay: both', 'relay: four'))).toEqual([
      "six and four can't connect: neither can reach the other, and four is the relay; give them addresses of one family, or set networks.mesh.relay: both",
    ]);
  });
});
