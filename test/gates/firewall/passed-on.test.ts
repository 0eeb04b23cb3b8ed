import { type Crossing, dropOf, ownerOf } from '../../src/gates/shared/crossing.js';
import { parseIptablesChain, parseNftHook } from '../../src/gates/shared/firewall.js';

const toLan: Crossing = {
  family: 4,
  in: 'wg0',
  out: 'eth0',
  tunnel: 'wg0',
  to: '192.168.1.0/24',
};

const table = (policy: string, ...rules: readonly string[]): readonly string[] => [
  'table inet filter {',
  'chain forward {',
  `type filter hook forward priority filter; policy ${policy};`,
  ...rules,
  '}',
  'chain more {',
  'ct state new drop',
  '}',
  '}',
];

const drops = (lines: readonly string[], crossing = toLan): boolean =>
  parseNftHook(lines, 'forward').some((firewall) => dropOf(firewall, crossing) !== undefined);

describe('a crossing', () => {
  it.each([
    ['accept', [], false],
    ['drop', [], true],
    ['drop', ['ct state established,related accept'], true],
    ['drop', ['ct state established,related,new accept'], false],
    ['drop', ['iifname "docker0" accept', 'oifname "docker0" jump more'], true],
    ['drop', ['iifname "wg0" accept'], false],
    ['drop', ['iifname { "wg0", "wg1" } oifname "eth0" counter packets 3 bytes 4 accept'], false],
    ['drop', ['iifname != "docker0" accept'], false],
    ['drop', ['iifname "wg*" oifname != "wg0" accept'], false],
    ['drop', ['oifname "wg0" accept'], true],
    ['drop', ['ip daddr 192.168.1.0/24 accept'], false],
    ['drop', ['ip daddr 192.168.0.0/16 iifname "wg0" accept'], false],
    ['drop', ['ip daddr 192.168.1.100 accept'], false],
    ['drop', ['ip daddr 10.0.0.0/8 accept', 'ip6 daddr fd00::/8 accept'], true],
    ['drop', ['ip daddr != 10.0.0.0/8 accept'], false],
    ['drop', ['icmp type echo-request accept', 'udp dport 53 accept'], true],
    ['drop', ['meta l4proto { icmp, udp } accept', 'ip protocol icmp accept'], true],
    ['drop', ['tcp dport 22 accept'], false],
    ['drop', ['ip daddr @lans accept'], false],
    ['drop', ['meta mark 0x00000007 accept'], false],
    ['accept', ['drop'], true],
    ['accept', ['iifname "wg0" reject'], true],
    ['accept', ['jump more'], true],
    ['accept', ['iifname "eth9" jump more'], false],
    ['accept', ['ip daddr 192.168.1.7 drop'], false],
    ['accept', ['tcp dport 22 drop'], false],
  ])('by policy %s with %j', (policy, rules, dropped) => {
    expect(drops(table(policy, ...rules))).toBe(dropped);
  });

  it('by a device that is not known may be any but the tunnel', () => {
    const unknown: Crossing = { ...toLan, out: undefined };
    expect(drops(table('drop', 'oifname "eth0" accept'), unknown)).toBe(false);
    expect(drops(table('drop', 'oifname "wg0" accept'), unknown)).toBe(true);
  });

  it('is of one family', () => {
    const six: Crossing = { ...toLan, family: 6, to: 'fd01::/64' };
    const ipv4 = table('drop').map((line) => line.replace('table inet', 'table ip'));
    expect([drops(ipv4, six), drops(table('drop'), six), drops(ipv4)]).toEqual([false, true, true]);
    expect(drops(table('drop', 'meta nfproto ipv4 accept'), six)).toBe(true);
  });

  it('is judged from the words of iptables too, and the owner told', () => {
    const lines = [
      '-P INPUT ACCEPT',
      '-P FORWARD DROP',
      '-N DOCKER-USER',
      '-A FORWARD -j DOCKER-USER',
      '-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      '-A FORWARD -i docker0 ! -o docker0 -j ACCEPT',
      '-A DOCKER-USER -j RETURN',
    ];
    const judged = (...more: readonly string[]) => {
      const firewall = parseIptablesChain([...more, ...lines], 'FORWARD');
      return firewall && [firewall.name, ownerOf(firewall), dropOf(firewall, toLan) !== undefined];
    };
    expect(judged()).toEqual(['iptables', 'Docker', true]);
    expect(
      judged('-A DOCKER-USER -d 192.168.1.0/24 -i wg0 -m comment --comment bridgehead-wg0 -j ACCEPT'),
    ).toEqual(['iptables', 'Docker', false]);
    expect(judged('-A DOCKER-USER ! -d 10.0.0.0/8 ! -i eth0 -j ACCEPT')).toEqual([
      'iptables',
      'Docker',
      false,
    ]);
  });
});
