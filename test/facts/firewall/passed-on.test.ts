import { isHelpedByOwner, ownerOf } from '../../../src/facts/firewall/cause.js';
import { courseOf } from '../../../src/facts/firewall/evaluate.js';
import type { Packet } from '../../../src/facts/firewall/packet.js';
import { parseFilterRules, parseRuleset } from '../../../src/facts/firewall/ruleset.js';

const toLan: Packet = {
  family: 4,
  protocol: 'tcp',
  isPassedOn: true,
  in: 'wg0',
  out: 'eth0',
  notIn: ['wg0'],
  notOut: ['wg0'],
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
  'chain back {',
  'return',
  '}',
  '}',
];

const drops = (lines: readonly string[], packet = toLan): boolean =>
  courseOf(parseRuleset(lines), packet).drop !== undefined;

describe('a packet that is passed on', () => {
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
    ['accept', ['tcp dport 0-65535 drop'], true],
    ['accept', ['goto back', 'drop'], false],
    ['accept', ['ct state vmap { established : accept, new : drop }'], true],
    ['drop', ['iifname vmap { "eth0" : accept, "wg0" : jump more }'], true],
    ['drop', ['fib daddr type local accept'], true],
    ['drop', ['ct status dnat accept'], false],
    ['drop', ['udp sport 53 accept'], true],
  ])('is dropped, or not, by policy %s with %j', (policy, rules, dropped) => {
    expect(drops(table(policy, ...rules))).toBe(dropped);
  });

  it('by a device that is not known may be any but the tunnel', () => {
    const { out: _, ...unknown } = toLan;
    expect(drops(table('drop', 'oifname "eth0" accept'), unknown)).toBe(false);
    expect(drops(table('drop', 'oifname "wg0" accept'), unknown)).toBe(true);
  });

  it('is of one family', () => {
    const six: Packet = { ...toLan, family: 6, to: 'fd01::/64' };
    const ipv4 = table('drop').map((line) => line.replace('table inet', 'table ip'));
    expect([drops(ipv4, six), drops(table('drop'), six), drops(ipv4)]).toEqual([false, true, true]);
    expect(drops(table('drop', 'meta nfproto ipv4 accept'), six)).toBe(true);
  });

  it('is judged in the syntax of iptables too, with the owner named', () => {
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
      const { drop } = courseOf(
        parseFilterRules([...lines.slice(0, 3), ...more, ...lines.slice(3)], 'ip'),
        toLan,
      );
      return drop && [`${drop.table.name} ${drop.chain}`, ownerOf(drop), isHelpedByOwner(drop)];
    };
    expect(judged()).toEqual(['filter FORWARD', 'Docker', true]);
    expect(
      judged('-A DOCKER-USER -d 192.168.1.0/24 -i wg0 -m comment --comment bridgehead-wg0 -j ACCEPT'),
    ).toBeUndefined();
    expect(judged('-A DOCKER-USER ! -d 10.0.0.0/8 ! -i eth0 -j ACCEPT')).toBeUndefined();
    expect(judged('-N AWAY', '-A DOCKER-USER -i wg0 -g AWAY')).toEqual(['filter FORWARD', 'Docker', true]);
  });

  it('is let through by a rule of UFW’s only where UFW asks that first', () => {
    const judged = (chain: string) => {
      const { drop } = courseOf(
        parseFilterRules(
          [
            '-P FORWARD DROP',
            '-N ufw-before-forward',
            '-N ufw-user-forward',
            '-A FORWARD -j ufw-before-forward',
            `-A ${chain} -d 192.168.0.0/16 -j DROP`,
            '-A ufw-before-forward -j ufw-user-forward',
          ],
          'ip',
        ),
        toLan,
      );
      return drop && [drop.chain, ownerOf(drop), isHelpedByOwner(drop)];
    };
    expect(judged('ufw-before-forward')).toEqual(['ufw-before-forward', 'UFW', false]);
    expect(judged('ufw-user-forward')).toEqual(['ufw-user-forward', 'UFW', true]);
  });
});
