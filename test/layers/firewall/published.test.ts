import { parseSaved } from '../../../src/facts/firewall/ruleset.js';
import { planClosed } from '../../../src/layers/firewall/plan.js';
import type { SeenFirewall } from '../../../src/layers/firewall/probe/seen.js';
import { firewalld } from './firewalld-model.js';
import { CLEAN, nft, ruled, ufw } from './support.js';

const DOCKER = `table ip nat {
	chain PREROUTING {
		type nat hook prerouting priority dstnat; policy accept;
		fib daddr type local counter packets 0 bytes 0 jump DOCKER
	}
	chain OUTPUT {
		type nat hook output priority dstnat; policy accept;
		ip daddr != 127.0.0.0/8 fib daddr type local counter packets 0 bytes 0 jump DOCKER
	}
	chain DOCKER {
		iifname "docker0" counter packets 0 bytes 0 return
		iifname != "docker0" tcp dport 8080 counter packets 5 bytes 300 dnat to 172.17.0.2:80
		ip daddr 127.0.0.1 iifname != "docker0" tcp dport 9000 counter packets 0 bytes 0 dnat to 172.17.0.3:9000
		iifname != "docker0" udp dport 53 counter packets 0 bytes 0 dnat to 172.17.0.4:53
	}
}`;
const by = (rules: string): string => `table ip mine {
	chain pre {
		type nat hook prerouting priority -100; policy accept;
		${rules}
	}
}`;

const load = (rules: string, changes: Partial<SeenFirewall>) =>
  planClosed(ruled(rules), 'edge', { ...CLEAN, ...changes }).find(({ summary }) =>
    summary.startsWith('load table'),
  );
const stopped = (rules: string, tables: string, changes: Partial<SeenFirewall> = {}) =>
  load(rules, { ...nft(tables), ...changes })?.diff?.split('\n') ?? [];
const NONE = '{ on: edge, allow: [ssh] }';

it('says what is published and stops, with its owner and its rule', () => {
  expect(load(NONE, nft(DOCKER))).toMatchObject({
    disruption: {
      level: 'outage',
      detail:
        'what no rule lets in any more ends, and so does what is published at 8080/tcp (Docker); 53/udp (Docker)',
    },
    diff: `-8080/tcp: Docker: table ip nat, chain DOCKER, rule 2: iifname != "docker0" tcp dport 8080 dnat to 172.17.0.2:80
-53/udp: Docker: table ip nat, chain DOCKER, rule 4: iifname != "docker0" udp dport 53 dnat to 172.17.0.4:53`,
  });
});

it.each<[string, Partial<SeenFirewall>]>([
  ['UFW', ufw({ rules: [] })],
  ['firewalld', firewalld()],
])('says so where %s closes the node, too', (_, closer) => {
  expect(stopped(NONE, DOCKER, closer)).toHaveLength(2);
});

it('stops nothing that the rules let in, and says who is left', () => {
  expect(load('{ on: edge, allow: [8080/tcp, 50-60/udp] }', nft(DOCKER))).toMatchObject({
    disruption: { level: 'brief' },
  });
  expect(load(NONE, nft(''))?.disruption.level).toBe('brief');
  const some = '{ on: edge, allow: [{ port: 8080/tcp, from: [203.0.113.0/24, mesh] }, 53/udp] }';
  expect(stopped(some, DOCKER).map((line) => line.replace(/: Docker.*/, ''))).toEqual([
    '-8080/tcp, but from 203.0.113.0/24, 172.27.15.0/24 through wg0',
  ]);
  const six = '{ on: edge, allow: [{ port: 8080/tcp, from: "2001:db8::/32" }, 53/udp] }';
  expect(stopped(six, DOCKER).map((line) => line.replace(/: Docker.*/, ''))).toEqual(['-8080/tcp']);
});

it.each<[string, string, readonly string[]]>([
  ['a range of which a part is let in', 'tcp dport 8000-8100 dnat to 10.0.0.2', ['8000-8042', '8044-8100']],
  ['a set', 'iifname "eth0" tcp dport { 81, 82-83 } dnat to 10.0.0.2:80', ['81', '82-83']],
  ['a map', 'dnat to tcp dport map { 81 : 10.0.0.2, 82 : 10.0.0.3 }', ['81', '82']],
  ['both protocols', 'meta l4proto { tcp, udp } th dport 81 dnat to 10.0.0.2', ['81', '81']],
  ['what leads to a port that is closed', 'tcp dport 8043 redirect to :8044', ['8043']],
  ['what leads to one that is open', 'tcp dport 81 redirect to :8043', []],
  ['what stays at its port', 'tcp dport 81 redirect', ['81']],
  ['containers by themselves', 'iifname "docker0" tcp dport 81 dnat to 10.0.0.2', []],
  ['a map of its own', 'dnat to tcp dport map @forwards', []],
  ['no translation', 'tcp dport 81 ct status dnat accept', []],
])('knows %s', (_, rule, ports) => {
  const lines = stopped('{ on: edge, allow: [8043/tcp] }', by(rule));
  expect(lines.map((line) => /^-([\d-]+)\//.exec(line)?.[1])).toEqual(ports);
});

it('knows a forward of all ports but those that are let in', () => {
  const lines = stopped('{ on: edge, allow: [443/tcp] }', by('meta l4proto tcp dnat to 10.0.0.2'));
  expect(lines.map((line) => line.replace(/: table.*/, ''))).toEqual([
    '-1-21/tcp',
    '-23-442/tcp',
    '-444-60999/tcp',
    '-61000-64999/tcp, but from 172.27.15.0/24 through wg0',
    '-65000-65535/tcp',
  ]);
});

it('stops nothing that another firewall drops already', () => {
  const dropping = `${by('tcp dport 81 dnat to 10.0.0.2')}
table inet other {
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state established,related accept
	}
}`;
  expect(stopped(NONE, dropping)).toEqual([]);
});

it('knows the rules of legacy iptables', () => {
  const saved = `*nat
:PREROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80`;
  const tables = parseSaved(saved.split('\n'), 'ip');
  expect(load(NONE, { tables })?.diff).toMatch(/^-8080\/tcp: Docker: /);
});

describe('a node that is closed already', () => {
  const live = (rules: string): Partial<SeenFirewall> => {
    const ours = `table inet bridgehead_firewall {
	chain published {
		ct state established,related accept
		jump inside
		${rules}
		counter packets 3 bytes 180 drop
	}
}`;
    return { ...nft(`${DOCKER}\n${ours}`), own: { ...CLEAN.own, table: 'live' } };
  };

  it('stops what its rules let in no longer, and nothing else', () => {
    expect(load(NONE, live(''))?.disruption.level).toBe('brief');
    const open = live('meta l4proto tcp ct original proto-dst 8080 accept');
    expect(load(NONE, open)?.diff).toMatch(/^-8080\/tcp: Docker: [^\n]*$/);
    const some =
      'ip saddr { 203.0.113.0/24, 198.51.100.0/24 } meta l4proto tcp ct original proto-dst 8080 accept';
    expect(load(NONE, live(some))?.diff).toMatch(/^-8080\/tcp: /);
    const same = '{ on: edge, allow: [{ port: 8080/tcp, from: [198.51.100.0/24, 203.0.113.0/24] }] }';
    expect(load(same, live(some))?.disruption.level).toBe('brief');
  });
});
