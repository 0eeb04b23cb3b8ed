import { courseOf } from '../../../src/facts/firewall/evaluate.js';
import { parseRuleset, parseSaved, type Table } from '../../../src/facts/firewall/ruleset.js';

const dropsUdp = (tables: readonly Table[], port: number): boolean =>
  courseOf(tables, { family: 4, protocol: 'udp', port, notIn: ['lo', 'wg0'] }).drop !== undefined;

const table = (rules: string, more = ''): string[] =>
  `table inet filter {
	chain input {
		type filter hook input priority filter; policy drop;
		${rules.split('\n').join('\n\t\t')}
	}
	${more}
}`.split('\n');

const drops = (lines: readonly string[], port = 51820): boolean => dropsUdp(parseRuleset(lines), port);

describe('an nftables chain that drops by policy', () => {
  it.each([
    ['nothing is let in', '', true],
    ['only answers are', 'ct state established,related accept\nct state invalid drop', true],
    [
      'a verdict map lets answers in',
      'ct state vmap { invalid : drop, established : accept, related : accept }',
      true,
    ],
    [
      'loopback and ping are',
      'iifname "lo" accept\nicmp type echo-request accept\nmeta l4proto ipv6-icmp accept',
      true,
    ],
    ['ssh is', 'tcp dport { 22, 443 } accept', true],
    ['another UDP port is', 'udp dport 53 accept\nudp dport { 1000-2000, 4500 } accept', true],
    ['the tunnel itself is', 'iifname "wg0" accept', true],
    ['our port is', 'udp dport 51820 accept', false],
    [
      'our port is, counted and logged',
      'udp dport 51820 counter packets 3 bytes 99 accept comment "wg"',
      false,
    ],
    ['our port is in a set', 'udp dport { 53, 51820 } accept', false],
    ['our port is in a range', 'udp dport 51000-52000 accept', false],
    ['our port is in a set of its own', 'udp dport @ports accept', false],
    ['one interface is', 'iifname "eth0" accept', false],
    ['some sources are', 'ip saddr 192.168.0.0/16 accept', false],
    ['everything is', 'accept', false],
    ['it is dropped before everything is let in', 'udp dport 51820 drop\naccept', true],
    ['it is logged before everything is let in', 'log prefix "in: " level info\naccept', false],
  ])('when %s', (_what, rules, dropped) => {
    expect(drops(table(rules))).toBe(dropped);
  });

  it('is followed through its chains', () => {
    const chain = (rule: string): string => `chain more {\n\t\t${rule}\n\t}`;
    expect(drops(table('jump more', chain('udp dport 51820 accept')))).toBe(false);
    expect(drops(table('jump more', chain('tcp dport 22 accept')))).toBe(true);
    expect(drops(table('tcp dport 22 jump more', chain('accept')))).toBe(true);
    expect(drops(table('jump more\naccept', chain('return')))).toBe(false);
    expect(drops(table('jump more\naccept', chain('drop')))).toBe(true);
  });

  it('is open if the policy is accept', () => {
    expect(drops(table('').map((line) => line.replace('policy drop', 'policy accept')))).toBe(false);
  });
});

describe('iptables', () => {
  const iptables = (...rules: string[]): boolean =>
    dropsUdp(
      parseSaved(['*filter', ':INPUT DROP [0:0]', ':FORWARD ACCEPT [0:0]', ':more - [0:0]', ...rules], 'ip'),
      51820,
    );

  it.each([
    [['-A INPUT -i lo -j ACCEPT', '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'], true],
    [['-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT', '-A INPUT -p icmp -j ACCEPT'], true],
    [['-A INPUT -p udp -m udp --dport 51820 -j ACCEPT'], false],
    [
      ['-A INPUT -p udp -m multiport --dports 53,51000:52000 -m comment --comment "wg and dns" -j ACCEPT'],
      false,
    ],
    [['-A INPUT -p udp -j ACCEPT'], false],
    [['-A INPUT -j more', '-A more -p udp -m udp --dport 51820 -j ACCEPT'], false],
    [['-A INPUT -j more', '-A more -p tcp -m tcp --dport 22 -j ACCEPT', '-A more -j RETURN'], true],
    [['-A INPUT -s 10.0.0.0/8 -j ACCEPT'], false],
    [
      [
        '-A INPUT -j more',
        '-A more -m addrtype --dst-type LOCAL -j RETURN',
        '-A more -j DROP',
        '-A INPUT -p udp -m udp --dport 51820 -j ACCEPT',
      ],
      false,
    ],
    [['-A INPUT -j DROP', '-A INPUT -j ACCEPT'], true],
  ])('%j', (rules, dropped) => {
    expect(iptables(...rules)).toBe(dropped);
  });

  it('is closed by its last rule if the policy is accept', () => {
    const lines = ['*filter', ':INPUT ACCEPT [0:0]', '-A INPUT -j DROP'];
    expect(dropsUdp(parseSaved(lines, 'ip'), 51820)).toBe(true);
  });
});
