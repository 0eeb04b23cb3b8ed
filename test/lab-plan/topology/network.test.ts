import { planLab } from '../../../src/lab/topology/lab.js';
import { homeMesh } from '../../fixtures/home-mesh-inventory.js';
import { manySites } from '../fixtures.js';

const NS = '/run/bridgehead-lab/home-mesh/ns';

describe('the network of one home and one VPS', () => {
  const plan = planLab(homeMesh);

  it('has the internet, one router and the laptop, each in its own namespace', () => {
    expect(plan.namespaces.map(({ name }) => name)).toEqual(['internet', 'site-home', 'laptop']);
  });

  it('lays every link, address and route', () => {
    expect(plan.network).toEqual([
      {
        namespace: 'internet',
        lines: [
          'link set lo up',
          'link add wan address 02:00:00:00:00:01 type bridge',
          'link set wan up',
          'address add 169.254.0.1/32 dev wan',
        ],
      },
      {
        namespace: 'site-home',
        lines: [
          'link set lo up',
          `link add wan type veth peer name r0 netns ${NS}/internet`,
          'link add lan address 02:00:00:00:00:01 type bridge',
          'address add 203.0.113.10/32 dev wan',
          'address add 192.168.15.1/24 dev lan',
          'link set wan up',
          'link set lan up',
          'route add default via 169.254.0.1 dev wan onlink src 203.0.113.10',
        ],
      },
      {
        namespace: 'laptop',
        lines: [
          'link set lo up',
          `link add eth0 type veth peer name laptop netns ${NS}/site-home`,
          'address add 192.168.15.250/24 dev eth0',
          'link set eth0 up',
          'route add default via 192.168.15.1 dev eth0',
        ],
      },
      {
        namespace: 'internet',
        lines: [
          'link set r0 master wan up',
          'route add 203.0.113.10/32 dev wan',
          'route add 198.51.100.25/32 dev wan',
        ],
      },
      { namespace: 'site-home', lines: ['link set laptop master lan up'] },
    ]);
  });

  it('gives the router exactly the forwards of the inventory', () => {
    expect(plan.namespaces[1]?.nft).toBe(`table inet bridgehead_lab {
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    iifname "wan" ip daddr { 203.0.113.10 } udp dport 51820 dnat ip to 192.168.15.3:51820 comment "udp 51820 to wk-1 port 51820"
    iifname "wan" ip daddr { 203.0.113.10 } udp dport 51821 dnat ip to 192.168.15.2:51820 comment "udp 51821 to ms-1 port 51820"
    iifname "wan" ip daddr { 203.0.113.10 } udp dport 51822 dnat ip to 192.168.15.4:51820 comment "udp 51822 to wk-2 port 51820"
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "wan" ip saddr { 192.168.15.0/24 } masquerade
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname "wan" ct state established,related accept
    iifname "wan" ct status dnat accept
    iifname "wan" drop
  }
  chain input {
    type filter hook input priority filter; policy accept;
    iifname "wan" ct state established,related accept
    iifname "wan" meta l4proto { icmp, ipv6-icmp } accept
    iifname "wan" drop
  }
}
`);
  });
});

describe('the network of several sites', () => {
  const plan = planLab(manySites);
  const nft = (name: string) => plan.namespaces.find((namespace) => namespace.name === name)?.nft ?? '';
  const lines = (namespace: string) =>
    plan.network.filter((step) => step.namespace === namespace).flatMap((step) => step.lines);

  it('fills in what the inventory leaves open, and says so', () => {
    expect(plan.notes).toEqual([
      'site home: the router takes 192.168.15.2 in 192.168.15.0/24',
      'site home: the router takes fd00:15::1 in fd00:15::/64',
      'site dc: the router takes 10.9.0.1 in 10.9.0.0/24',
      'site dc: the router takes 2001:db8:dc::1 in 2001:db8:dc::/64',
      "site dc: the router has no public IPv4 address and takes 100.64.2.1, as behind a carrier's NAT",
      'the laptop is in site home, at 192.168.15.250 and fd00:15::fa',
    ]);
  });

  it('routes a site without NAT, and guards only those with it', () => {
    expect(lines('internet')).toContain('route add 10.9.0.0/24 via 100.64.2.1 dev wan onlink');
    expect(lines('internet')).toContain('route add 2001:db8:dc::/64 via fe80::102 dev wan onlink');
    expect(lines('site-dc')).toContain('route add default via fe80::1 dev wan');
    expect(nft('site-dc')).not.toMatch(/masquerade|drop/);
    expect(nft('site-cabin')).toMatch(/masquerade[\s\S]*drop/);
  });

  it('masquerades and forwards both families if the router has both', () => {
    expect(nft('site-home')).toContain('ip6 saddr { fd00:15::/64 } masquerade');
    expect(nft('site-home')).toContain(
      'ip6 daddr { 2001:db8:a::1 } udp dport 51821 dnat ip6 to [fd00:15::2]:51820',
    );
  });

  it('keeps two homes on one range apart', () => {
    expect(lines('site-home')).toContain('address add 192.168.15.2/24 dev lan');
    expect(lines('site-cabin')).toContain('address add 192.168.15.254/24 dev lan');
    expect(lines('internet').filter((line) => line.includes('192.168.15'))).toEqual([]);
  });

  it('puts a laptop that no site holds on the internet', () => {
    const alone = planLab({ ...homeMesh, sites: [], nodes: homeMesh.nodes.slice(0, 1) });
    expect(alone.laptop.addresses).toEqual(['198.18.255.250']);
    expect(alone.network.at(-2)?.lines).toContain(
      'route add default via 169.254.0.1 dev eth0 onlink src 198.18.255.250',
    );
    expect(alone.network.at(-1)?.lines).toContain('link set laptop master wan up');
  });

  it('names every interface in at most 15 characters', () => {
    const names = plan.network
      .flatMap(({ lines }) => lines)
      .flatMap((line) => /(?:link add|peer name) (\S+)/g.exec(line)?.[1] ?? []);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => name.length > 15)).toEqual([]);
  });
});
