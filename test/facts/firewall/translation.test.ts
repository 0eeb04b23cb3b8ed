import { parseRuleset, parseSaved } from '../../../src/facts/firewall/ruleset.js';
import { translatedPorts, translationOf, translationsIn } from '../../../src/facts/firewall/translation.js';

const pre = (...rules: string[]) =>
  parseRuleset([
    'table ip nat {',
    'chain pre {',
    'type nat hook prerouting priority -100; policy accept;',
    ...rules,
    '}',
    'chain out {',
    'type nat hook output priority -100; policy accept;',
    'tcp dport 7777 dnat to 10.0.0.9',
    '}',
    '}',
  ]);
const ports = (...rules: string[]) =>
  translatedPorts(pre(...rules)).map(({ protocol, port }) => `${port}/${protocol}`);

it.each<[string, readonly string[]]>([
  ['tcp dport 8080 counter packets 1 bytes 60 dnat to 172.17.0.2:80', ['8080/tcp']],
  ['udp dport { 53, 5353-5355 } dnat to 10.0.0.2', ['53/udp', '5353/udp', '5355/udp']],
  ['dnat ip to tcp dport map { 81 : 10.0.0.2, 82 : 10.0.0.3 }', ['81/tcp', '82/tcp']],
  ['meta l4proto { tcp, udp } th dport 81 dnat ip to 10.0.0.2:90', ['81/tcp', '81/udp']],
  ['meta l4proto udp th dport 81 dnat to 10.0.0.2', ['81/udp']],
  ['tcp dport 81 redirect to :8080', ['81/tcp']],
  ['tcp dport 81 xt target "DNAT"', ['81/tcp']],
  ['dnat to 10.0.0.2', []],
  ['tcp dport 81 ct status dnat accept', []],
  ['icmpv6 type nd-redirect accept', []],
])('%s translates %j', (rule, wanted) => {
  expect(ports(rule)).toEqual(wanted);
});

it.each<[string, object]>([
  ['tcp dport 81 dnat to 172.17.0.2:80', { address: '172.17.0.2', port: 80 }],
  ['tcp dport 81 dnat ip6 to [fd00::2]:80', { address: 'fd00::2', port: 80 }],
  ['tcp dport 81 dnat ip6 to fd00::2', { address: 'fd00::2' }],
  ['tcp dport 81 redirect to :8080', { port: 8080 }],
  ['tcp dport 81 dnat to 10.0.0.2-10.0.0.9', {}],
  ['tcp dport 8000-8010 dnat ip to 10.0.0.4:9000-9010', {}],
])('%s leads to %j', (rule, to) => {
  expect(translationsIn(pre(rule))[0]?.to).toEqual(to);
});

it('names no accept of what was translated as the rule that did', () => {
  const tables = pre('ct status dnat accept', 'iifname "eth0" tcp dport 81 dnat to 10.0.0.2');
  expect(translationOf(tables, { family: 4, protocol: 'tcp', port: 81, notIn: [] })?.place).toBe(2);
});

it('reads the rules of legacy iptables', () => {
  const tables = parseSaved(
    [
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      '-A PREROUTING -p tcp -m tcp --dport 81 -j DNAT --to-destination 10.0.0.2:80',
      '-A PREROUTING -p udp -m udp --dport 82 -j REDIRECT --to-ports 83',
      '-A OUTPUT -p tcp -m tcp --dport 84 -j DNAT --to-destination 10.0.0.2:80',
    ],
    'ip',
  );
  expect(translationsIn(tables)).toMatchObject([
    { ports: [{ protocol: 'tcp', port: 81 }], to: { address: '10.0.0.2', port: 80 } },
    { ports: [{ protocol: 'udp', port: 82 }], to: { port: 83 }, isRedirect: true },
  ]);
});
