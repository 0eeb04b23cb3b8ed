import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allowFix, causeText } from '../../../src/facts/firewall/cause.js';
import { courseOf } from '../../../src/facts/firewall/evaluate.js';
import type { Packet } from '../../../src/facts/firewall/packet.js';
import { parseRuleset, parseSaved, type Table } from '../../../src/facts/firewall/ruleset.js';

/** As `nft -a list ruleset` showed them on Debian 12: Oracle's rules, UFW, firewalld, tailscaled's chains. */
const captured = (name: string): readonly string[] =>
  readFileSync(join('test/gates/firewall/rulesets', `${name}.txt`), 'utf8').split('\n');
const tablesOf = (name: string): readonly Table[] =>
  name === 'legacy' ? parseSaved(captured(name), 'ip') : parseRuleset(captured(name));
const table = (text: string): readonly Table[] => parseRuleset(text.split('\n'));

const UDP: Packet = { family: 4, protocol: 'udp', port: 51820, notIn: ['lo', 'wg0', 'tailscale0'] };
const SIX: Packet = { ...UDP, family: 6 };
const CARRIER: Packet = { ...UDP, from: '100.64.0.1/32' };

describe('rulesets of real machines', () => {
  it.each<[string, string, Packet, string, string]>([
    [
      'the REJECT at the end of an Oracle image',
      'oracle',
      UDP,
      "Oracle's image: table ip filter, chain INPUT, rule 6: reject with icmp type host-prohibited",
      '`iptables -I INPUT 6 -p udp --dport 51820 -j ACCEPT` on ms-1, before rule 6 of INPUT (a rule at the end would not be reached); for the next boot, add the same to /etc/iptables/rules.v4, or wherever ms-1 loads its rules from',
    ],
    [
      'the same for IPv6',
      'oracle',
      SIX,
      "Oracle's image: table ip6 filter, chain INPUT, rule 6: reject with icmpv6 type admin-prohibited",
      '`ip6tables -I INPUT 6 -p udp --dport 51820 -j ACCEPT` on ms-1, before rule 6 of INPUT (a rule at the end would not be reached); for the next boot, add the same to /etc/iptables/rules.v6, or wherever ms-1 loads its rules from',
    ],
    [
      'UFW',
      'ufw',
      UDP,
      'UFW: table ip filter, chain INPUT, which drops what no rule accepts',
      '`ufw allow 51820/udp` on ms-1',
    ],
    [
      'UFW for IPv6',
      'ufw',
      SIX,
      'UFW: table ip6 filter, chain INPUT, which drops what no rule accepts',
      '`ufw allow 51820/udp` on ms-1',
    ],
    [
      'firewalld',
      'firewalld',
      UDP,
      'firewalld: table inet firewalld, chain filter_IN_public, rule 9: reject with icmpx admin-prohibited',
      '`firewall-cmd --add-port=51820/udp`, and the same with `--permanent`, on ms-1',
    ],
    [
      "Tailscale's drop of a carrier's addresses",
      'tailscale',
      CARRIER,
      'Tailscale: table ip filter, chain ts-input, rule 3: iifname != "tailscale0" ip saddr 100.64.0.0/10 drop',
      '`iptables -I ts-input 3 -s 100.64.0.0/10 -p udp --dport 51820 -j ACCEPT` on ms-1, before rule 3 of ts-input (a rule at the end would not be reached); tailscaled recreates its chain when it starts, so it is needed again then',
    ],
    [
      'a drop in prerouting',
      'prerouting',
      UDP,
      'table inet raw, chain prerouting, rule 2: udp dport 51820 drop comment "no vpn here"',
      '`nft insert rule inet raw prerouting position 3 udp dport 51820 accept` on ms-1, before rule 2 of prerouting; for the next boot, add the same to the file that loads this table',
    ],
    [
      'legacy iptables',
      'legacy',
      { ...UDP, from: '203.0.113.5/32' },
      'table ip filter, chain INPUT, rule 5: drop',
      '`iptables -I INPUT 5 -p udp --dport 51820 -j ACCEPT` on ms-1, before rule 5 of INPUT (a rule at the end would not be reached); for the next boot, add the same to /etc/iptables/rules.v4, or wherever ms-1 loads its rules from',
    ],
  ])('%s surely drops it', (_what, name, packet, cause, fix) => {
    const { drop } = courseOf(tablesOf(name), packet);
    expect(drop && causeText(drop)).toBe(cause);
    expect(drop && allowFix(drop, packet, 'ms-1')).toBe(fix);
  });

  it.each<[string, string, Packet]>([
    ['TCP to sshd passes Oracle’s rules', 'oracle', { ...UDP, protocol: 'tcp', port: 22 }],
    ['TCP to sshd passes UFW', 'ufw', { ...UDP, protocol: 'tcp', port: 22 }],
    ['TCP to sshd passes firewalld', 'firewalld', { ...UDP, protocol: 'tcp', port: 22 }],
    ['others than a carrier’s pass Tailscale', 'tailscale', { ...UDP, from: '203.0.113.5/32' }],
    ['another port passes prerouting', 'prerouting', { ...UDP, port: 51821 }],
    ['the LAN passes legacy rules', 'legacy', { ...UDP, from: '192.168.1.5/32' }],
  ])('%s', (_what, name, packet) => {
    expect(courseOf(tablesOf(name), packet).drop).toBeUndefined();
  });

  it('is not sure if a condition can’t be judged, and says which rule it would be', () => {
    const carrier = courseOf(tablesOf('tailscale'), UDP);
    expect([carrier.drop, carrier.maybe.map(causeText)]).toEqual([
      undefined,
      [
        'Tailscale: table ip filter, chain ts-input, rule 3: iifname != "tailscale0" ip saddr 100.64.0.0/10 drop',
      ],
    ]);
    const sender = courseOf(tablesOf('prerouting'), { ...SIX, port: 51821, from: '2001:db8::1/128' });
    expect(sender.maybe.map(causeText)).toEqual([
      'table inet raw, chain prerouting, rule 1: ip6 saddr ::/0 fib saddr . mark . iif oif missing drop',
    ]);
    const [cause] = sender.maybe;
    expect(cause && allowFix(cause, { ...SIX, from: '2001:db8::1/128' }, 'ms-1')).toContain(
      'ip -6 route get 2001:db8::1',
    );
    expect(courseOf(tablesOf('legacy'), UDP).drop).toBeUndefined();
  });
});

describe('UFW', () => {
  const drop = (chain: string, text: string, family: 'ip' | 'ip6' = 'ip') => {
    const lines = tablesOf('ufw')
      .filter((one) => one.family === family)
      .map((one) => {
        const own = one.chains.get(chain);
        if (own === undefined) throw new TypeError(`no chain ${chain}`);
        const rules = [{ text }, ...own.rules];
        return { ...one, chains: new Map([...one.chains, [chain, { ...own, rules }]]) };
      });
    const packet = family === 'ip' ? UDP : SIX;
    const course = courseOf(lines, packet);
    const cause = course.drop ?? course.maybe[0];
    return cause && allowFix(cause, packet, 'ms-1');
  };

  it.each([
    ['ufw-before-input', 'ip', 'iptables', 'before.rules'],
    ['ufw-not-local', 'ip', 'iptables', 'before.rules'],
    ['ufw6-before-input', 'ip6', 'ip6tables', 'before6.rules'],
  ] as const)(
    'names its file for a drop in %s, which it asks before what `ufw allow` adds',
    (chain, family, tool, file) => {
      expect(drop(chain, 'udp dport 51820 drop', family)).toBe(
        `\`${tool} -I ${chain} 1 -p udp --dport 51820 -j ACCEPT\` on ms-1, before rule 1 of ${chain} (a rule at the end would not be reached); ` +
          `for the next boot, add the same to /etc/ufw/${file}, above the line that drops (rules added by \`ufw allow\` come after it)`,
      );
    },
  );

  it.each([
    ['ufw-after-input', 'udp dport 51820 counter packets 1 bytes 2 drop', 'allow'],
    ['ufw-user-input', 'udp dport 51820 counter packets 1 bytes 2 drop', 'allow'],
    ['ufw-user-limit', 'counter packets 1 bytes 2 reject', 'allow'],
    ['ufw-user-input', 'ip protocol udp counter packets 1 bytes 2 drop', 'prepend allow'],
    ['ufw-user-input', 'udp dport 50000-60000 drop', 'prepend allow'],
    ['ufw-user-input', 'ip saddr 203.0.113.0/24 drop', 'prepend allow'],
  ])('has its own command go before a drop in %s, %s', (chain, text, words) => {
    const cause = { table: tablesOf('ufw')[0] as Table, chain, rule: { text }, place: 1 };
    expect(allowFix(cause, UDP, 'ms-1')).toBe(`\`ufw ${words} 51820/udp\` on ms-1`);
  });
});

describe('the order of things', () => {
  const chain = (name: string, hook: string, priority: string, ...rules: readonly string[]): string =>
    `chain ${name} {\ntype filter hook ${hook} priority ${priority}; policy accept;\n${rules.join('\n')}\n}`;
  const inet = (...chains: readonly string[]): readonly Table[] =>
    table(`table inet t {\n${chains.join('\n')}\n}`);
  const describedDrop = (tables: readonly Table[], packet = UDP): string | undefined => {
    const { drop } = courseOf(tables, packet);
    return drop && causeText(drop);
  };

  it.each<[string, readonly Table[], string | undefined]>([
    [
      'an accept ends its own chain alone',
      inet(
        chain('a', 'input', 'filter', 'udp dport 51820 accept'),
        chain('b', 'input', 'filter + 10', 'drop'),
      ),
      'table inet t, chain b, rule 1: drop',
    ],
    [
      'the lower priority comes first',
      inet(chain('late', 'input', '10', 'drop'), chain('early', 'input', '-10', 'meta l4proto udp drop')),
      'table inet t, chain early, rule 1: meta l4proto udp drop',
    ],
    [
      'prerouting comes before input',
      inet(chain('a', 'input', '-300', 'drop'), chain('b', 'prerouting', '300', 'drop')),
      'table inet t, chain b, rule 1: drop',
    ],
    [
      'what is forwarded doesn’t matter',
      inet(chain('a', 'forward', '0', 'drop'), chain('b', 'output', '0', 'drop')),
      undefined,
    ],
    [
      'a return goes on after the jump',
      inet(chain('a', 'input', '0', 'jump x', 'drop'), 'chain x {\nudp dport 51820 return\naccept\n}'),
      'table inet t, chain a, rule 2: drop',
    ],
    ['a goto doesn’t', inet(chain('a', 'input', '0', 'goto x', 'drop'), 'chain x {\nreturn\n}'), undefined],
    [
      'an accept in a chain that is jumped to',
      inet(chain('a', 'input', '0', 'jump x', 'drop'), 'chain x {\nudp dport { 500, 51820-51830 } accept\n}'),
      undefined,
    ],
    ['a limit', inet(chain('a', 'input', '0', 'limit rate 5/second accept', 'drop')), undefined],
    [
      'a map of states',
      inet(chain('a', 'input', '0', 'ct state vmap { established : accept, invalid : drop }', 'drop')),
      'table inet t, chain a, rule 2: drop',
    ],
    [
      'a map of devices',
      inet(chain('a', 'input', '0', 'iifname vmap { "lo" : accept, "wg0" : accept }', 'drop')),
      'table inet t, chain a, rule 2: drop',
    ],
    [
      'a map that holds the port',
      inet(chain('a', 'input', '0', 'udp dport vmap { 51820 : goto x }'), 'chain x {\ndrop\n}'),
      'table inet t, chain x, rule 1: drop',
    ],
    ['a named set', inet(chain('a', 'input', '0', 'udp dport @open accept', 'drop')), undefined],
    ['another family', table(`table ip6 t {\n${chain('a', 'input', '0', 'drop')}\n}`), undefined],
    ['a loop of jumps', inet(chain('a', 'input', '0', 'jump x'), 'chain x {\njump x\n}'), undefined],
    [
      'a set with elements beside the chains',
      table(
        'table inet t {\nset s {\ntype ipv4_addr\nelements = { 192.0.2.1,\n192.0.2.2 }\n}\nchain a {\ntype filter hook input priority 0; policy drop;\n}\n}',
      ),
      'table inet t, chain a, which drops what no rule accepts',
    ],
  ])('%s', (_what, tables, expected) => {
    expect(describedDrop(tables)).toBe(expected);
  });
});

describe('an accept before a policy of drop', () => {
  const dropped = (tables: readonly Table[], packet: Packet): 'surely' | 'perhaps' | 'no' => {
    const { drop, maybe } = courseOf(tables, packet);
    if (drop !== undefined) return 'surely';
    return maybe.length > 0 ? 'perhaps' : 'no';
  };
  const inNft = (conditions: string): readonly Table[] =>
    table(
      `table inet t {\nchain in {\ntype filter hook input priority 0; policy drop;\n${conditions} accept\n}\n}`,
    );
  const inIptables = (conditions: string): readonly Table[] =>
    parseSaved(['*filter', ':INPUT DROP [0:0]', `-A INPUT ${conditions} -j ACCEPT`, 'COMMIT'], 'ip');
  const IN: Packet = { ...UDP, in: 'eth0' };

  it.each<[string, 'surely' | 'perhaps' | 'no']>([
    ['udp sport 51820 udp dport 51820', 'perhaps'],
    ['udp sport { 500, 51820 } udp dport 51820', 'perhaps'],
    ['udp sport 32768-60999 udp dport 51820', 'perhaps'],
    ['udp sport >= 1024 udp dport 51820', 'no'],
    ['udp sport > 1023 udp dport 51820', 'no'],
    ['udp sport 1-65535 udp dport 51820', 'no'],
    ['th sport 1024-65535 udp dport >= 51820', 'no'],
    ['udp sport != 53 udp dport < 51821', 'no'],
    ['udp sport != 51820 udp dport 51820', 'perhaps'],
    ['udp sport @ours udp dport 51820', 'perhaps'],
    ['udp sport 53', 'surely'],
    ['udp sport < 1024', 'surely'],
    ['tcp sport 51820', 'surely'],
    ['udp dport < 51820', 'surely'],
    ['tcp dport != 22', 'surely'],
    ['tcp sport != 22', 'surely'],
    ['tcp dport != @open', 'surely'],
    ['ip6 saddr != fd00::/8', 'surely'],
    ['ip6 daddr != fd00::/8', 'surely'],
    ['ip6 nexthdr udp', 'surely'],
    ['ip6 nexthdr != tcp', 'surely'],
    ['ip protocol != tcp', 'no'],
    ['meta nfproto != ipv6', 'no'],
    ['ip protocol . th dport { udp . 51820 }', 'perhaps'],
    ['meta l4proto . th dport @open', 'perhaps'],
    ['meta l4proto @open', 'perhaps'],
    ['meta l4proto 1-20', 'perhaps'],
    ['meta nfproto { ipv4, ipv6 } udp dport 51820', 'no'],
    ['iifname @lan udp dport 51820', 'perhaps'],
    ['iifname . udp dport { "eth0" . 51820 }', 'perhaps'],
    ['ct state & (new | established) != 0 udp dport 51820', 'perhaps'],
  ])('nft: %s', (conditions, expected) => {
    expect(dropped(inNft(conditions), IN)).toBe(expected);
  });

  it.each<[string, 'surely' | 'perhaps' | 'no']>([
    ['-p udp -m udp --sport 51820 --dport 51820', 'perhaps'],
    ['-p udp -m udp --sport 1024:65535 --dport 51820', 'no'],
    ['-p udp -m multiport --sports 500,4500 -m udp --dport 51820', 'perhaps'],
    ['-p udp -m udp --sport 53', 'surely'],
    ['-p udp -m udp ! --dport 53', 'no'],
    ['-p udp -m multiport ! --dports 53,51820', 'surely'],
    ['-p udp -m udp ! --sport 53 --dport 51820', 'no'],
    ['! -p tcp', 'no'],
    ['! -p udp', 'surely'],
    ['-m conntrack ! --ctstate INVALID', 'no'],
    ['-m state ! --state NEW', 'surely'],
  ])('iptables: %s', (conditions, expected) => {
    expect(dropped(inIptables(conditions), IN)).toBe(expected);
  });

  it('takes a port below 1024 for one that peers may call from', () => {
    const low: Packet = { ...IN, port: 53 };
    expect(dropped(inNft('udp sport 53 udp dport 53'), low)).toBe('perhaps');
    expect(dropped(inNft('udp sport 1024-65535 udp dport 53'), low)).toBe('perhaps');
  });
});
