import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { FILES, planClosed, removeScript } from '../../../src/layers/firewall/plan.js';
import type { SeenFirewall } from '../../../src/layers/firewall/probe/seen.js';
import { whyNot } from '../../../src/layers/firewall/refuse.js';
import { MARK } from '../../../src/layers/firewall/table/paths.js';
import { planUfwRetirement } from '../../../src/layers/firewall/ufw/plan.js';
import { firewalld } from './firewalld-model.js';
import { both, CLEAN, iptables, nft, rule, ruled, ufw } from './support.js';

const plan = (rules: string, changes: Partial<SeenFirewall> = {}) =>
  planClosed(ruled(rules), 'edge', { ...CLEAN, ...changes });
const summaries = (rules: string, changes: Partial<SeenFirewall> = {}): string[] =>
  plan(rules, changes).map(({ summary }) => summary);
/** The rules file that a plan writes. */
const written = (rules: string, changes: Partial<SeenFirewall> = {}): string =>
  (plan(rules, changes).find(({ summary }) => summary.endsWith('rules.nft'))?.diff ?? '')
    .split('\n')
    .filter((line) => line.startsWith('+') && !line.startsWith('+++'))
    .map((line) => line.slice(1).trim())
    .join('\n');

describe('a node without another firewall', () => {
  it('is closed by its own table, SSH first', () => {
    const text = written(
      '{ on: edge, allow: [443/tcp, { port: ssh, from: [203.0.113.0/24, "2001:db8::/32"] }] }',
    );
    expect(
      text.slice(text.indexOf('chain input {'), text.indexOf('ct state established')),
    ).toBe(`chain input {
type filter hook input priority filter; policy drop;
iif "lo" accept
ip saddr { 203.0.113.0/24 } tcp dport 22 accept
ip6 saddr { 2001:db8::/32 } tcp dport 22 accept
`);
    expect(text).toContain('\nudp dport 51820 accept\niifname "wg0" ');
    expect(text).toContain('\ntcp dport 443 accept\ncounter drop\n}');
    expect(text).toContain('\nmeta l4proto tcp ct original proto-dst 443 accept\n');
  });

  it('lets in on one interface only what comes through a network', () => {
    const text = written('{ on: edge, allow: [{ port: 9000-9010/udp, from: mesh }] }');
    expect(text).toContain('\niifname "wg0" ip saddr { 172.27.15.0/24 } udp dport 9000-9010 accept\n');
  });

  it('lets in SSH at every port that sshd has, or will have', () => {
    const text = written('{ on: edge, allow: [] }', { sshPorts: [22, 2222] });
    expect(text).toContain('\ntcp dport 22 accept\ntcp dport 2222 accept\nct state established');
  });

  it('has nothing to do once all of it is there', () => {
    const seen = afterApply('{ on: edge, allow: [443/tcp] }', CLEAN);
    expect(planClosed(ruled('{ on: edge, allow: [443/tcp] }'), 'edge', seen)).toEqual([]);
    const changed = { ...seen, own: { ...seen.own, table: 'other' } };
    expect(planClosed(ruled('{ on: edge, allow: [443/tcp] }'), 'edge', changed)).toMatchObject([
      { summary: 'load table inet bridgehead_firewall: it is not the one that was loaded' },
    ]);
  });
});

/** The state in which the changes of a plan leave the table and the files. */
function afterApply(rules: string, seen: SeenFirewall): SeenFirewall {
  const sum = (text: string) => createHash('sha256').update(text).digest('hex');
  const files = new Map(
    [...FILES].map(([path, content]) => [path, { sha256: sum(content), mode: '644 root root' }] as const),
  );
  const content = rulesOf(rules, seen);
  return {
    ...seen,
    rules: { type: 'file', content } as SeenFirewall['rules'],
    own: { ...seen.own, files, enabled: true, active: true, table: 'live', loaded: [sum(content), 'live'] },
  };
}

function rulesOf(rules: string, seen: SeenFirewall): string {
  const script = planClosed(ruled(rules), 'edge', seen).find(({ summary }) =>
    summary.endsWith('rules.nft'),
  )?.script;
  return /^printf '%s' '([\s\S]*?)' \| cat/m.exec(script ?? '')?.[1]?.replaceAll("'\\''", "'") ?? '';
}

describe('a node where UFW is on', () => {
  it('is closed by UFW, and by our table only for what containers publish', () => {
    const seen = ufw({ rules: [] });
    expect(
      summaries('{ on: edge, allow: [443/tcp, { port: 53/udp, from: mesh }] }', seen).slice(0, 5),
    ).toEqual([
      'ufw allow proto tcp from any to any port 22',
      'ufw allow proto udp from any to any port 51820',
      'ufw allow in on wg0 proto tcp from 172.27.15.0/24 to any port 61000:64999',
      'ufw allow proto tcp from any to any port 443',
      'ufw allow in on wg0 proto udp from 172.27.15.0/24 to any port 53',
    ]);
    expect(plan('{ on: edge, allow: [443/tcp] }', seen)[0]?.script).toBe(
      `'ufw' 'allow' 'proto' 'tcp' 'from' 'any' 'to' 'any' 'port' '22' 'comment' '${MARK}' >/dev/null`,
    );
    expect(written('{ on: edge, allow: [443/tcp] }', seen)).not.toContain('chain input');
  });

  it('keeps what is there already, whoever made it, and removes only our own', () => {
    const rules = [
      ...both(),
      ...both({ port: 'any', protocol: 'udp' }),
      ...both({ port: '8080', comment: 'mine' }),
      ...both({ port: '8443', comment: MARK }),
      ...both({ port: '440:450' }),
      rule({ port: '61000:64999', from: '172.27.15.0/24', interface: 'wg0' }),
    ];
    const all = summaries('{ on: edge, allow: [443/tcp] }', ufw({ rules }));
    expect(all.filter((one) => one.startsWith('ufw'))).toEqual([
      'ufw delete allow proto tcp from any to any port 8443',
    ]);
  });

  it('adds a rule that is only there in one family', () => {
    expect(summaries('{ on: edge, allow: [] }', ufw({ rules: [rule()] }))[0]).toBe(
      'ufw allow proto tcp from ::/0 to any port 22',
    );
  });

  it('has its rules added while UFW is off if it is enabled and not loaded', () => {
    const [first] = plan('{ on: edge, allow: [] }', ufw({ rules: [], loaded: new Set() }));
    expect(first?.summary).toMatch(
      /^start UFW, which is enabled and not loaded, with: allow proto tcp .* port 22;/,
    );
    expect(first?.script).toMatch(/^ufw --force disable .* && 'ufw' 'allow' .*'22' .* && ufw --force enable/);
  });

  it('keeps the only rule for SSH when the node is opened again, as nobody’s', () => {
    const own = [...both({ comment: MARK }), ...both({ port: '443', comment: MARK })];
    const retire = (rules: typeof own) =>
      planUfwRetirement(ufw({ rules }).ufw as never, [22]).map((one) => one.summary);
    expect(retire(own)).toEqual([
      'leave ufw allow proto tcp from any to any port 22, without which UFW would keep logins out',
      'ufw delete allow proto tcp from any to any port 443',
    ]);
    expect(retire([...own, ...both({ protocol: 'any' })])[0]).toBe(
      'ufw delete allow proto tcp from any to any port 22',
    );
  });
});

describe('a node whose other rules reject the rest', () => {
  const REJECTS = iptables(`:INPUT ACCEPT
-A INPUT -p tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-host-prohibited`);

  it('gets an accept before them, which is loaded at boot and removed with the table', () => {
    const text = written('{ on: edge, allow: [{ port: 443/tcp, from: 198.51.100.0/24 }] }', REJECTS);
    expect(text.split('\n').filter((line) => line.startsWith('# pass'))).toEqual([
      `# pass: iptables -p udp -m udp --dport 51820 -m comment --comment ${MARK} -j ACCEPT`,
      `# pass: iptables -s 172.27.15.0/24 -i wg0 -p tcp -m tcp --dport 61000:64999 -m comment --comment ${MARK} -j ACCEPT`,
      `# pass: iptables -s 198.51.100.0/24 -p tcp -m tcp --dport 443 -m comment --comment ${MARK} -j ACCEPT`,
    ]);
    const pass = {
      place: 1,
      tool: 'iptables',
      rule: `-p tcp -m tcp --dport 443 -m comment --comment ${MARK} -j ACCEPT`,
    } as const;
    const script = removeScript({ ...CLEAN, own: { ...CLEAN.own, passes: [pass], table: 'x' } });
    expect(script).toMatch(
      /^'iptables' '-w' '-D' 'INPUT' '-p' .* && 'nft' 'delete' 'table' 'inet' 'bridgehead_firewall'$/,
    );
    expect(removeScript(CLEAN)).toBeUndefined();
    expect(removeScript(afterApply('{ on: edge, allow: [443/tcp] }', CLEAN))).toMatch(
      /'rm' '-f' .*'\/run\/bridgehead\/firewall\.loaded' && 'find' '\/etc\/bridgehead\/firewall' '\/etc\/systemd\/system\/nftables\.service\.d'[^&]* '-maxdepth' '0' '-empty' '-delete' && systemctl daemon-reload/,
    );
    expect(removeScript(afterApply('{ on: edge, allow: [443/tcp] }', CLEAN))).not.toContain(
      "'/etc/systemd/system' ",
    );
  });
});

describe('a node whose rules are too many to be judged', () => {
  const RULES = '{ on: edge, allow: [443/tcp] }';
  const closed = afterApply(RULES, { ...CLEAN, ...iptables(':INPUT ACCEPT\n-A INPUT -j REJECT') });
  const pass = /^# pass: iptables (.*--dport 443 .*)$/m.exec(
    closed.rules.type === 'file' ? (closed.rules.content ?? '') : '',
  )?.[1];
  const passes = (closed.rules.type === 'file' ? (closed.rules.content ?? '') : '')
    .split('\n')
    .filter((line) => line.startsWith('# pass: '))
    .map((line, place) => ({
      tool: 'iptables' as const,
      place: place + 1,
      rule: line.slice('# pass: iptables '.length),
    }));
  const unknown: SeenFirewall = {
    ...closed,
    tables: undefined,
    own: { ...closed.own, passes: passes.toReversed() },
  };

  it('keeps what was added for it among the rules of others', () => {
    expect(pass).toContain('-j ACCEPT');
    expect(planClosed(ruled(RULES), 'edge', unknown)).toEqual([]);
    expect(whyNot({ inventory: ruled(RULES), node: 'edge', seen: unknown })).toEqual([]);
  });

  it('is not changed, and the change that is refused would keep them, too', () => {
    const more = '{ on: edge, allow: [443/tcp, 80/tcp] }';
    expect(whyNot({ inventory: ruled(more), node: 'edge', seen: unknown })).toMatchObject([
      { code: 'E_FIREWALL', message: expect.stringContaining('is not known: its ruleset has') },
    ]);
    expect(rulesOf(more, unknown)).toContain(`# pass: iptables ${pass}\n`);
  });
});

describe('a node that firewalld closes', () => {
  const CAPTURED = readFileSync('test/gates/firewall/rulesets/firewalld.txt', 'utf8');
  const RULES = '{ on: edge, allow: [ssh, { port: 8123/tcp, from: mesh }] }';
  const elsewhere = (text: string): string =>
    text.slice(text.indexOf('chain elsewhere {'), text.indexOf('chain published {'));

  it('has its rules in the zones, and keeps the addresses of a tunnel out elsewhere', () => {
    const seen = { ...firewalld(), ...nft(CAPTURED) };
    expect(summaries(RULES, seen)[0]).toBe("add 4 rules to firewalld's zone public");
    const text = written(RULES, seen);
    expect(text).not.toContain('policy drop');
    expect(elsewhere(text)).toBe(`chain elsewhere {
type filter hook input priority filter - 1; policy accept;
iif "lo" accept
ct state established,related accept
iifname "wg0" ip saddr { 172.27.15.0/24 } tcp dport 61000-64999 accept
iifname "wg0" ip saddr { 172.27.15.0/24 } tcp dport 8123 accept
ip saddr { 172.27.15.0/24 } tcp dport 61000-64999 counter drop
ip saddr { 172.27.15.0/24 } tcp dport 8123 counter drop
}
`);
  });

  it('leaves that to a rule of somebody else that lets them in anyway', () => {
    const open = CAPTURED.replace('tcp dport 22 accept', 'tcp dport { 22, 8123 } accept');
    expect(elsewhere(written(RULES, { ...firewalld(), ...nft(open) }))).not.toContain('8123');
  });
});
