import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import { listenAddresses } from '../../../src/layers/edge/upstream.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { NO_FACTS } from '../../support/step-context.js';
import { aptInstall } from '../support/apt.js';
import {
  bridgehead,
  changesOf,
  exec,
  inventoryAt,
  ofType,
  type RunReport,
  stops,
} from '../support/bridgehead.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-relays-'));
const file = join(folder, 'inventory.yaml');
const playbook = join(folder, 'playbook.yaml');
// As far as the relays: what stands in for the apps speaks no HTTP, and UFW is all that closes home-1.
writeFileSync(
  playbook,
  readFileSync('playbooks/edge.yaml', 'utf8').replace(/^ {2}- name: proxy\n[\s\S]*/m, ''),
);

/** One app for each kind of relay, in both families where the relay can. */
const APPS = `apps:
  photos: { host: photos.example.com, to: { node: home-1, port: 2283 } }
  films: { host: films.example.com, to: { node: home-1, address: 192.168.1.20, port: 8096 } }
  vault: { host: vault.example.com, to: { node: home-1, address: 127.0.0.1, port: 8000 } }
  start: { host: start.example.com, to: { node: home-1, port: 3000 }, port: 3000 }
  notes: { host: notes.example.com, to: { node: home-1, address: 127.0.0.1, port: 8001 }, relay: socat }
  mail:
    host: mail.example.com
    to: { node: home-1, address: 127.0.0.1, port: 8002 }
    relay: haproxy
    options: { proxyProtocol: true }
`;
const FIFTH = '  chat: { host: chat.example.com, to: { node: home-1, address: 127.0.0.1, port: 8003 } }\n';
const HEAD = readFileSync('inventory/hybrid-edge.yaml', 'utf8')
  .replace('name: hybrid-edge', 'name: relays-e')
  .replace('laptop: home', 'laptop: home\n  standIns: false')
  .replace(/^firewall:[\s\S]*?(?=^edges:)/m, '')
  .replace(/^apps:[\s\S]*?(?=^lab:)/m, '');
const write = (apps: string): void => writeFileSync(file, `${HEAD}${apps}`);

let lab: Lab;
const apply = (...more: readonly string[]): Promise<RunReport> =>
  bridgehead(lab, 'apply', '-i', file, '--playbook', playbook, '--yes', '--json', ...more);
const summaries = (report: RunReport): string[] =>
  ofType(report, 'step-planned').flatMap(({ node, changes }) =>
    changes.map(({ summary }) => `${node}: ${summary}`),
  );

/** A stand-in for an app: says its name and who called, then repeats what it hears. It listens on both families. */
const serve = (node: string, name: string, listening: string): Promise<string> =>
  exec(
    lab,
    node,
    `cat >/etc/systemd/system/stand-in-${name}.service <<'END'
[Service]
ExecStart=/usr/bin/socat ${listening},fork,reuseaddr SYSTEM:'echo ${name} \\$SOCAT_PEERADDR; cat'
Restart=always
[Install]
WantedBy=multi-user.target
END
systemctl daemon-reload && systemctl enable -q --now stand-in-${name}`,
  );

/** What an edge gets from an app up to what it has said itself, on one line; patient, for tunnels that come up. */
const asked = async (port: number, address: string, patience = 1): Promise<string> =>
  (
    await lab.exec('vps', [
      'bash',
      '-c',
      `for try in $(seq ${patience}); do
said=$(timeout 3 bash -c 'exec 3<>/dev/tcp/${address}/${port} && echo hello >&3 && grep -a -m 1 -B 20 hello <&3' 2>/dev/null | tr -d '\\0' | tr '\\n' ' ')
case $said in *hello*) break ;; esac
sleep 1
done
printf %s "$said"`,
    ])
  ).stdout;

async function answers(inventory: Inventory, patience = 1): Promise<Record<string, string>> {
  const all: [string, string][] = [];
  for (const app of inventory.apps) {
    for (const address of listenAddresses(inventory, NO_FACTS, app)) {
      const said = await asked(app.port, address, patience);
      all.push([
        `${app.name} ${address.includes(':') ? 6 : 4}`,
        said.includes('hello') ? said : `SILENT ${said}`,
      ]);
    }
  }
  return Object.fromEntries(all);
}
const expectAll = async (patience = 5): Promise<Record<string, string>> => {
  const said = await answers(await inventoryAt(file), patience);
  const silent = Object.entries(said).filter(([, text]) => text.startsWith('SILENT'));
  expect(silent).toEqual([]);
  return said;
};

beforeAll(async () => {
  write(APPS);
  const inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  for (const node of ['home-1', 'nas', 'vps']) {
    await exec(lab, node, aptInstall('socat'));
  }
  await exec(
    lab,
    'home-1',
    `${aptInstall('ufw iptables')}; ufw allow 22/tcp; ufw allow 51820/udp; ufw allow in on wg0; ufw --force enable`,
  );
  await serve('home-1', 'photos', 'TCP6-LISTEN:2283,ipv6only=0');
  await serve('home-1', 'start', 'TCP6-LISTEN:3000,ipv6only=0');
  for (const [index, name] of ['vault', 'notes', 'mail', 'chat'].entries()) {
    await serve('home-1', name, `TCP4-LISTEN:${8000 + index},bind=127.0.0.1`);
  }
  await serve('nas', 'films', 'TCP4-LISTEN:8096');
});
afterAll(async () => {
  await labDown(await inventoryAt(file), quiet);
  rmSync(folder, { recursive: true, force: true });
});

it('leads from the edge to each app, in both families, and changes nothing the second time', async () => {
  expect(stops(await apply())).toEqual([]);
  const said = await expectAll(10);
  expect(Object.keys(said)).toHaveLength(11);
  expect(said['photos 4']).toMatch(/^photos \S*(?:10\.88\.0\.1|ffff:0a58:0001\]) /);
  expect(said['photos 6']).toMatch(/^photos \[fd42:0*88::0*1\]|^photos \[fd42:0088:.*:0001\]/);
  expect(said['films 4']).toMatch(/^films 192\.168\.1\.10 /);
  expect(said['vault 6']).toMatch(/^vault 127\.0\.0\.1 /);
  // The header is binary, and begins like this.
  expect(said['mail 4']).toMatch(/^mail 127\.0\.0\.1 .*QUIT/s);
  expect(summaries(await apply())).toEqual([]);
});

it('answers edges, and no other address of the overlay', async () => {
  const inventory = await inventoryAt(file);
  for (const address of ['10.88.0.66/32', 'fd42:88::66/128'])
    await exec(lab, 'vps', `ip address add ${address} dev wg0`);
  // As if one more member were behind the edge.
  const others = 'wg set wg0 peer $(wg show wg0 peers) allowed-ips';
  const before = await exec(lab, 'home-1', `wg show wg0 allowed-ips | cut -f 2 | tr ' ' ,`);
  await exec(lab, 'home-1', `${others} ${before},10.88.0.66/32,fd42:88::66/128`);
  const visit = (from: string, to: string, port: number) =>
    lab.exec('vps', ['socat', '-u', '/dev/null', `TCP:${to}:${port},bind=${from},connect-timeout=2`]);
  for (const app of inventory.apps.filter(({ relay }) => relay !== 'direct')) {
    for (const address of listenAddresses(inventory, NO_FACTS, app)) {
      const [edge, other, to] = address.includes(':')
        ? ['[fd42:88::1]', '[fd42:88::66]', `[${address}]`]
        : ['10.88.0.1', '10.88.0.66', address];
      const codes = [edge, other].map(async (from) => (await visit(from, to, app.port)).code);
      expect([app.name, ...(await Promise.all(codes))]).toEqual([app.name, 0, 1]);
    }
  }
  await exec(lab, 'home-1', `${others} ${before}`);
  for (const address of ['10.88.0.66/32', 'fd42:88::66/128'])
    await exec(lab, 'vps', `ip address delete ${address} dev wg0`);
});

it('shows who has the ports', async () => {
  const { stdout } = await bridgehead(lab, 'apps', 'list', '-i', file, '--live');
  expect(stdout).toMatch(/^photos .* nftables$/m);
  expect(stdout).toMatch(
    /^vault .* bridgehead-app-vault\.(socket|service)|^vault .*bridgehead-app-vault\.service$/m,
  );
  expect(stdout).toMatch(/^start .* stand-in-start\.service$/m);
});

describe('an app more', () => {
  const STREAMS = '/run/streams';
  /**
   * Has the edge say something to each app every quarter of a second, and wants it back. A connection that is cut ends, or is
   * silent for good; on a busy machine, answers are seconds late. Gives what ends the streams and says how they fared.
   */
  const streaming = async (inventory: Inventory): Promise<() => Promise<string[]>> => {
    await exec(lab, 'vps', `rm -rf ${STREAMS} && mkdir ${STREAMS}`);
    const { apps } = inventory;
    const streams = apps.map(async (app) => {
      const [address] = listenAddresses(inventory, NO_FACTS, app);
      const script = `exec 3<>/dev/tcp/${address}/${app.port} && read -r -t 10 first <&3 || exit
touch ${STREAMS}/${app.name}
while [ -e ${STREAMS}/${app.name} ]; do
[ $SECONDS -lt 200 ] || { echo endless; exit; }
line="line $((count += 1))"
echo "$line" >&3
read -r -t 15 said <&3 || { echo "$line: read ended with $?"; exit; }
sleep 0.25
done
echo whole`;
      const { stdout } = await lab.exec('vps', ['bash', '-c', script], { timeoutMs: 240_000 });
      return `${app.name} ${stdout.trim()}`;
    });
    const begun = `for try in $(seq 60); do [ $(ls ${STREAMS} | wc -l) = ${apps.length} ] && exit; sleep 0.5; done; exit 1`;
    await exec(lab, 'vps', begun);
    return async () => {
      await exec(lab, 'vps', `rm -r ${STREAMS}`);
      return Promise.all(streams);
    };
  };

  it('and an app less cut none of the streams of others, and leave nothing', async () => {
    const before = await inventoryAt(file);
    const endStreams = await streaming(before);
    write(APPS + FIFTH);
    const added = await apply('--phase', 'relays');
    const table = [
      expect.stringMatching(/^home-1: \S+ \/etc\/bridgehead\/apps\.nft/),
      'home-1: load table inet bridgehead_apps: its file is newer',
    ];
    expect(summaries(added)).toEqual([
      ...table,
      expect.stringMatching(/^home-1: relay port \d+ to 127\.0\.0\.1:8003 by socket-proxyd, for app chat$/),
    ]);
    expect(stops(added)).toEqual([]);
    await expectAll();
    write(APPS);
    const removed = await apply('--phase', 'relays');
    expect(summaries(removed)).toEqual([
      'home-1: remove bridgehead-app-chat.socket, bridgehead-app-chat.service',
      ...table,
    ]);
    expect(stops(removed)).toEqual([]);
    const left = `ls /etc/systemd/system /etc/systemd/system/*.wants /etc/bridgehead /etc/bridgehead/apps; systemctl list-units --all 'bridgehead-app-*'; nft list ruleset`;
    expect(await exec(lab, 'home-1', left)).not.toMatch(/bridgehead-app-chat|chat\.haproxy|"chat"/);
    expect(await endStreams()).toEqual(before.apps.map(({ name }) => `${name} whole`));
  });

  it('that is rewritten is a rule more, and streams go on', async () => {
    const before = await inventoryAt(file);
    const endStreams = await streaming(before);
    write(`${APPS}  songs: { host: songs.example.com, to: { node: home-1, port: 2283 } }\n`);
    expect(stops(await apply('--phase', 'relays'))).toEqual([]);
    await expectAll();
    write(APPS);
    expect(stops(await apply('--phase', 'relays'))).toEqual([]);
    expect(await exec(lab, 'home-1', 'nft list table inet bridgehead_apps')).not.toContain('songs');
    expect(await endStreams()).toEqual(before.apps.map(({ name }) => `${name} whole`));
  });

  it('whose port somebody else has is refused before anything is changed', async () => {
    await exec(lab, 'home-1', 'systemd-run -q --unit=stranger socat TCP-LISTEN:28888,fork,reuseaddr PIPE');
    write(`${APPS}${FIFTH.replace('8003 } }', '8003 }, port: 28888 }')}`);
    const report = await apply('--phase', 'relays');
    expect(report.code).toBe(3);
    expect(JSON.stringify(ofType(report, 'run-ended')[0]?.errors)).toMatch(
      /28888\/tcp of home-1, the port of app chat, is held by socat \(pid \d+\) of stranger\.service.*port: 28889/,
    );
    await exec(lab, 'home-1', 'systemctl stop stranger');
    write(APPS);
    expect(changesOf(await apply('--phase', 'relays'))).toBe(0);
  });
});

describe('after reboots, without an apply', () => {
  it.each<[string, readonly string[]]>([
    ['the edge after the home', ['home-1', 'vps']],
    ['the home after the edge', ['vps', 'home-1']],
  ])('all apps answer: %s', async (_what, nodes) => {
    for (const node of nodes) await lab.reboot(node);
    await expectAll(60);
  });

  it('all apps answer: everything at once, and nothing is left to do', async () => {
    await Promise.all(['vps', 'home-1', 'nas'].map((node) => lab.reboot(node)));
    await expectAll(60);
    expect(summaries(await apply())).toEqual([]);
  });
});

it('leaves nothing of the last app', async () => {
  write('');
  expect(stops(await apply())).toEqual([]);
  const left = await exec(
    lab,
    'home-1',
    `ls /etc/systemd/system /etc/systemd/system/*.wants /etc/bridgehead /etc/sysctl.d 2>/dev/null; nft list ruleset; ufw show added; cat /proc/sys/net/ipv4/ip_forward`,
  );
  expect(left).not.toMatch(/bridgehead[-_]apps?\b|forwarding-apps|bridgehead-app-/);
  expect(left.trim().split('\n').at(-1)).toBe('0');
  expect(summaries(await apply())).toEqual([]);
});
