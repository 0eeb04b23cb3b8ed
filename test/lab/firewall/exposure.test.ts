import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearsalInventory } from '../../../src/app/rehearse/inventory.js';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import { type DroppedByParams, droppedBy } from '../../../src/layers/firewall/gates/dropped-by.js';
import { exposure } from '../../../src/layers/firewall/gates/exposure.js';
import { outcomesOf } from '../../../src/layers/firewall/gates/probing/outcome.js';
import { exposurePlan } from '../../../src/layers/firewall/gates/probing/ports.js';
import { probesOf } from '../../../src/layers/firewall/gates/probing/probes.js';
import type { GateContext, GateKind } from '../../../src/layers/gate.js';
import { readReplies } from '../../../src/layers/shared/verdict.js';
import type { Inventory, Node } from '../../../src/model/inventory.js';
import { packetReplies, packetScript } from '../../../src/packets/process.js';
import { textOf } from '../../../src/remote/script.js';
import { aptInstall } from '../support/apt.js';
import { bridgehead, exec, HANGS_MS, inventoryAt, stops } from '../support/bridgehead.js';
import { RULE_SETS, type RuleSet } from './rule-sets.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-exposure-'));
const NODES = ['out', 'box'] as const;
const ADDRESSES = { 4: '198.51.100.22', 6: '2001:db8:22::22' } as const;
const TCP = [22, 80, 443, 3000, 8080, 9000];
const UDP = [53, 5353];
const PAST_UFW = 'Docker: a published port past UFW';

let lab: Lab;
let runs = 0;

function inventoryText(allow: RuleSet['allow']): string {
  return `name: exposure-suite
defaults:
  ssh: { user: root }
nodes:
  out: { public: [198.51.100.21, "2001:db8:21::21"] }
  box: { public: [${ADDRESSES[4]}, "${ADDRESSES[6]}"] }
firewall: ${JSON.stringify([{ on: 'box', allow }])}
`;
}

async function inventoryFor(allow: RuleSet['allow']): Promise<Inventory> {
  const file = join(folder, `inventory-${runs}.yaml`);
  writeFileSync(file, inventoryText(allow));
  return inventoryAt(file);
}

/** What is behind the ports: 80 in both families, 3000 in IPv4, an echo on UDP 53, a web server in a container. */
const SERVICES = `sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 net.ipv4.ip_forward=1
ip netns add container
ip link add docker0 type bridge
ip link add veth0 type veth peer name eth0 netns container
ip link set veth0 master docker0
ip link set veth0 up
ip link set docker0 up
ip addr add 172.17.0.1/16 dev docker0
ip -n container addr add 172.17.0.2/16 dev eth0
ip -n container link set eth0 up
ip -n container route add default via 172.17.0.1
cat >/root/serve.pl <<'PERL'
use strict;
use Socket qw(:DEFAULT pack_sockaddr_in6);
my ($family, $kind, $port) = @ARGV;
my $six = $family == 6;
socket(my $s, $six ? AF_INET6 : AF_INET, $kind eq 'tcp' ? SOCK_STREAM : SOCK_DGRAM, 0) or die;
setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
bind($s, $six ? pack_sockaddr_in6($port, Socket::IN6ADDR_ANY) : pack_sockaddr_in($port, INADDR_ANY)) or die;
if ($kind eq 'tcp') { listen($s, 16); while (accept(my $c, $s)) { close $c } }
else { while (defined(my $from = recv($s, my $text, 2048, 0))) { send($s, "echo", 0, $from) } }
PERL
systemd-run -q --unit=web perl /root/serve.pl 6 tcp 80
systemd-run -q --unit=app perl /root/serve.pl 4 tcp 3000
systemd-run -q --unit=echo perl /root/serve.pl 6 udp 53
systemd-run -q --unit=container ip netns exec container perl /root/serve.pl 4 tcp 80`;

const install = (packages: string): string => aptInstall(packages);

const CLEAN = `ufw --force disable >/dev/null; ufw --force reset >/dev/null; sed -i s/IPV6=no/IPV6=yes/ /etc/default/ufw
for tables in iptables ip6tables; do for chain in INPUT FORWARD OUTPUT; do $tables -P $chain ACCEPT; done; done
nft flush ruleset`;

beforeAll(async () => {
  const inventory = await inventoryFor(['ssh']);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  await Promise.all([
    exec(lab, 'out', install('nmap perl-base'), { timeoutMs: HANGS_MS }),
    exec(lab, 'box', `${install('nftables iptables ufw perl')}; ${SERVICES}`, { timeoutMs: HANGS_MS }),
  ]);
});
afterAll(async () => {
  await labDown(await inventoryFor(['ssh']), quiet);
  rmSync(folder, { recursive: true, force: true });
});

/** Asks a gate as the runner does: its survey, then one program a node, all nodes at once. */
async function ask<P, S>(kind: GateKind<P, S>, inventory: Inventory, params: P) {
  runs += 1;
  const base = {
    params,
    inventory,
    networks: [],
    measured: [...NODES],
    patience: 8,
    facts: { get: () => undefined },
  };
  const asked: GateContext<P> = { ...base, token: `t${runs}x${process.pid}` };
  const nodeOf = (name: string): Node => {
    const node = inventory.nodes.find((one) => one.name === name);
    if (node === undefined) throw new TypeError(name);
    return node;
  };
  const surveyed = new Map<string, unknown>();
  for (const name of NODES) {
    const question = kind.survey?.(asked, nodeOf(name));
    if (question === undefined) continue;
    const answer = await lab.exec(name, textOf(question.script));
    surveyed.set(name, question.parse({ id: 'survey', ...answer }));
  }
  const context = { ...asked, surveyed };
  const replies = await Promise.all(
    NODES.map(async (name) => {
      const probe = kind.probe(context, nodeOf(name));
      if (!('packets' in probe)) throw new TypeError(kind.kind);
      const script = packetScript([{ id: 'gate', program: probe.packets, earlier: 0 }], context.token);
      const answer = await lab.exec(name, script, { timeoutMs: 60_000 });
      const reply = packetReplies(['gate'], { id: 'gate', ...answer }).get('gate');
      if (reply === undefined) throw new Error(`no answer of ${name}`);
      return [name, reply] as const;
    }),
  );
  const readings = readReplies(context, new Map(replies), (name) => kind.probe(context, nodeOf(name)));
  return { context, readings, verdict: kind.verdict(context, { ...readings, outside: undefined }) };
}

/** `4 80/tcp` of the ports that nmap finds not filtered. */
async function nmapped(): Promise<Set<string>> {
  const ports = `T:${TCP.join(',')},U:${UDP.join(',')}`;
  const found = await Promise.all(
    ([4, 6] as const).map(async (family) => {
      const limits = '--max-retries 4 --max-rtt-timeout 400ms --initial-rtt-timeout 300ms';
      const six = family === 6 ? '-6' : '';
      const text = await exec(
        lab,
        'out',
        `nmap ${six} -n -Pn -sS -sU -p ${ports} ${limits} -oG - ${ADDRESSES[family]}`,
        { timeoutMs: 90_000 },
      );
      return [...text.matchAll(/(\d+)\/(open|closed)\/(tcp|udp)/g)].map(
        ([, port, , protocol]) => `${family} ${port}/${protocol}`,
      );
    }),
  );
  return new Set(found.flat());
}

/** The same of the ports that the gate finds to be reached. */
function reached({ context, readings }: Awaited<ReturnType<typeof ask<object, never>>>): Set<string> {
  const own = probesOf(context, exposurePlan(context)).get('out') ?? [];
  return new Set(
    outcomesOf('out', own, readings.seen).flatMap(({ probe: { way, protocol, port }, end }) => {
      const isCompared = (protocol === 'tcp' ? TCP : UDP).includes(port) && way.via === 'internet';
      return isCompared && end.kind === 'passed'
        ? [`${way.address.includes(':') ? 6 : 4} ${port}/${protocol}`]
        : [];
    }),
  );
}

/** What may be reached from `out`. */
const allowed = (allow: RuleSet['allow']): string[] =>
  allow.flatMap((entry) => {
    if (typeof entry !== 'string' && entry.from !== 'out') return [];
    const word = typeof entry === 'string' ? entry : entry.port;
    return [4, 6].map((family) => `${family} ${word === 'ssh' ? '22/tcp' : word}`);
  });

describe('exposure and nmap agree', () => {
  it.each(RULE_SETS)('$name', async ({ rules, allow }) => {
    const inventory = await inventoryFor(allow);
    await exec(lab, 'box', `${CLEAN}\nset -e\n${rules}`, { timeoutMs: 60_000 });
    const asked = await ask(exposure, inventory, {});
    const nmap = await nmapped();
    expect([...reached(asked as never)].sort()).toEqual([...nmap].sort());
    const isRight = [...nmap].sort().join() === allowed(allow).sort().join();
    const { findings } = asked.verdict;
    expect({ go: findings.every(({ go }) => go), findings }).toEqual({ go: isRight, findings });
  });
});

describe('a port that is open by somebody else', () => {
  it.each([
    [PAST_UFW, /^open, forwarded to 172\.17\.0\.2:80; Docker: table ip nat, chain DOCKER, rule 1: /],
    [
      'UFW: a rule left over',
      /^open, perl \(app\.service\) listens on it; UFW: table ip6? filter, chain ufw6?-user-input, rule \d+: tcp dport 3000 accept$/,
    ],
    ['no rules, nothing allowed', /no rule on box drops it$/],
  ])('%s', async (name, seen) => {
    const { rules = '', allow = [] } = RULE_SETS.find((one) => one.name === name) ?? {};
    await exec(lab, 'box', `${CLEAN}\nset -e\n${rules}`, { timeoutMs: 60_000 });
    const { verdict } = await ask(exposure, await inventoryFor(allow), {});
    const wrong = verdict.findings.filter(({ go }) => !go);
    expect(wrong.map((one) => one.seen)).toContainEqual(expect.stringMatching(seen));
  });
});

describe('dropped-by', () => {
  const port = '80/tcp';
  it.each([
    [
      "Oracle's REJECT before what is allowed",
      /^dropped by Oracle's image: table ip filter, chain INPUT, rule 5: reject .*\(as the kernel's trace shows\)$/,
    ],
    ['UFW: only SSH', /^dropped by UFW: table ip filter, chain .*\(as the kernel's trace shows\)$/],
    [
      'nft: accepted early, dropped late',
      /^dropped by table inet filter_main, chain input, which drops .*\(as the kernel's trace shows\)$/,
    ],
  ])('%s', async (name, seen) => {
    const { rules = '', allow = [] } = RULE_SETS.find((one) => one.name === name) ?? {};
    await exec(lab, 'box', `${CLEAN}\nset -e\n${rules}`, { timeoutMs: 60_000 });
    const params: DroppedByParams = { from: 'out', to: 'box', port };
    const { verdict } = await ask(droppedBy, await inventoryFor(allow), params);
    const wrong = verdict.findings.filter(({ go }) => !go).map((one) => one.seen);
    expect(wrong).toContainEqual(expect.stringMatching(seen));
    expect(await exec(lab, 'box', 'nft list tables')).not.toContain('bridgehead_trace');
  });
});

describe('in a run', () => {
  it('the nodes are surveyed first, then all of them probe each other', async () => {
    const { rules = '', allow = [] } = RULE_SETS.find(({ name }) => name === PAST_UFW) ?? {};
    await exec(lab, 'box', `${CLEAN}\nset -e\n${rules}`, { timeoutMs: 60_000 });
    const { file } = await rehearsalInventory((await inventoryFor(allow)).file, lab.home);
    const playbook = join(folder, 'playbook.yaml');
    const gates = [{ exposure: {} }, { 'dropped-by': { to: 'box', port: '3000/tcp' } }];
    const phases = [{ name: 'close', gates }];
    writeFileSync(playbook, JSON.stringify({ name: 'close', description: 'one phase', phases }));
    const report = await bridgehead(lab, 'check', '-i', file, '-p', playbook, '--json');
    expect(report.code).toBe(3);
    const found = stops(report);
    expect(found.filter((stop) => stop.startsWith('exposure'))).toEqual([
      expect.stringMatching(/^exposure: out -> box: open, forwarded to 172\.17\.0\.2:80; Docker: /),
    ]);
    expect(found.filter((stop) => stop.startsWith('dropped-by'))).toEqual([
      expect.stringMatching(/^dropped-by: out -> box: dropped by UFW: table ip filter, /),
      expect.stringMatching(/^dropped-by: out -> box: dropped by UFW: table ip6 filter, /),
    ]);
  });
});

it('punishes nobody: sshd has seen no connection of all these', async () => {
  const log = await exec(
    lab,
    'box',
    'journalctl -q -u ssh --no-pager | grep -ciE "198.51.100.21|2001:db8:21::21|penalt" || :',
  );
  expect(log).toBe('0');
});
