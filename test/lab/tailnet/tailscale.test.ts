import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goProgram, installGoPrograms } from '../../../scripts/lab-programs/from-go.js';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import {
  bridgehead,
  changesOf,
  everythingWritten,
  exec,
  inventoryAt,
  ofType,
  type RunReport,
  stops,
} from '../support/bridgehead.js';
import { copyTo, Headscale } from './headscale.js';

const SERVER = '198.51.100.90';
const MEMBERS = ['edge', 'gw', 'far'];
const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-tailnet-'));
const file = join(folder, 'inventory.yaml');
const playbook = join(folder, 'play.yaml');
const key = join(folder, 'auth.key');

const ADVERTISE = 'advertise: { gw: 192.168.90.0/24 }';
const ACCEPT = 'accept: [edge, far]';

const text = (lines: readonly string[], members = MEMBERS): string => `name: t-tailnet
defaults: { ssh: { user: root } }
sites:
  home: { subnet: 192.168.90.0/24, router: 192.168.90.1, public: 203.0.113.90 }
  away: { subnet: 192.168.91.0/24, router: 192.168.91.1, public: 203.0.113.91, forwards: [{ protocol: tcp, port: 2291, node: far, nodePort: 22 }] }
nodes:
  hs: { public: ${SERVER} }
  edge: { public: 198.51.100.91 }
  gw: { site: home, lan: 192.168.90.10 }
  pc: { site: home, lan: 192.168.90.11 }
  far: { site: away, lan: 192.168.91.10, ssh: { host: 203.0.113.91, port: 2291 } }
networks:
  tail:
    kind: tailscale
    loginServer: https://${SERVER}
    ca: headscale.pem
    authKey: { file: auth.key }
    members: [${members.join(', ')}]
${lines.map((line) => `    ${line}\n`).join('')}lab: { laptop: home }
`;
const write = (lines: readonly string[], members?: string[]): void =>
  writeFileSync(file, text(lines, members));

writeFileSync(
  playbook,
  `name: tailnet
phases:
  - name: tailnet
    steps:
      - { on: tailnet, tailscale: {} }
    gates:
      - { on: tailnet, tailscale-peers: {} }
      - { on: tailnet, tailscale-routes: {} }
      - { on: tailnet, tailscale-key-expiry: {} }
`,
);

let lab: Lab;
let inventory: Inventory;
let headscale: Headscale;
const keys: string[] = [];

const useKey = (value: string): void => {
  keys.push(value);
  writeFileSync(key, `${value}\n`, { mode: 0o600 });
};
const run = async (command: string, ...args: string[]): Promise<RunReport> => {
  const report = await bridgehead(lab, command, '-i', file, '-p', playbook, '--json', ...args);
  for (const one of keys) expect(`${report.stdout}${report.stderr}`).not.toContain(one);
  return report;
};
const apply = (...args: string[]): Promise<RunReport> => run('apply', '--yes', ...args);
const errors = (report: RunReport): string[] => [
  ...new Set((ofType(report, 'run-ended')[0]?.errors ?? []).map(({ message }) => message)),
];

const failures = (report: RunReport): (readonly [string, string | undefined])[] =>
  (ofType(report, 'run-ended')[0]?.errors ?? []).map(({ message, fix }) => [message, fix] as const);
const NEW_KEY =
  'make a new one on the login server, reusable if several nodes join with it, put it where networks.tail.authKey says, and run again';

beforeAll(async () => {
  installGoPrograms();
  write([ADVERTISE, ACCEPT]);
  inventory = await inventoryAt(file);
  lab = await labUp(inventory, quiet);
  headscale = new Headscale(lab, 'hs', SERVER, folder);
  await headscale.install(goProgram('headscale'));
  for (const node of MEMBERS) {
    await copyTo(lab, node, goProgram('tailscale'), '/usr/local/bin/tailscaled');
    await exec(lab, node, 'ln -s tailscaled /usr/local/bin/tailscale');
  }
});
afterAll(async () => {
  if (inventory) await labDown(inventory, quiet);
  rmSync(folder, { recursive: true });
});
const untouched = async (): Promise<void> => {
  for (const node of MEMBERS) {
    const left =
      'ls -d /etc/systemd/system/tailscaled.service /etc/bridgehead/tailscale* /var/lib/tailscale /sys/class/net/tailscale0 2>/dev/null || :';
    expect(await exec(lab, node, left)).toBe('');
  }
};

it('says that the login server does not answer, and leaves nothing behind', async () => {
  useKey('hskey-auth-never-asked-for');
  expect(errors(await apply())).toEqual(expect.arrayContaining([`https://${SERVER} does not answer`]));
  await untouched();
});

/** Notes the arguments and environment of all processes, from now on. */
const watchProcesses = (node: string): Promise<string> =>
  exec(
    lab,
    node,
    `cat >/run/watch.sh <<'EOF'
echo $$ >/run/watch.pid
for round in $(seq 3000); do
  for process in /proc/[0-9]*; do { tr '\\0' ' ' <$process/cmdline; tr '\\0' ' ' <$process/environ; echo; } 2>/dev/null; done
  sleep 0.1
done >/tmp/seen
EOF
setsid sh /run/watch.sh >/dev/null 2>&1 </dev/null & :`,
  );

it('tells a wrong key, an expired one and one that is used up apart', async () => {
  await headscale.start();
  await headscale.addUser('lab');
  useKey('hskey-auth-000000000000-0000000000000000000000000000000000000000000000000000000000000000');
  expect(failures(await apply())).toContainEqual([
    `https://${SERVER} doesn't know the key for tail`,
    NEW_KEY,
  ]);
  useKey(await headscale.key('--expiration', '1s', '--reusable'));
  expect(failures(await apply())).toContainEqual(['the key for tail has expired', NEW_KEY]);
  await untouched();
  useKey(await headscale.key('--expiration', '1h'));
  expect(failures(await apply())).toContainEqual([
    'the key for tail is used up: it lets one node join, and one has',
    NEW_KEY,
  ]);
});

it('joins all, and stops at a route that nobody has approved', async () => {
  useKey(await headscale.key('--expiration', '1h', '--reusable'));
  await watchProcesses('edge');
  const report = await apply();
  expect(errors(report)).toEqual([]);
  expect(stops(report)).toEqual(
    ['edge', 'far'].map(
      (node) =>
        `tailscale-routes: ${node} -> gw: the login server gives ${node} no route to 192.168.90.0/24: it is not approved`,
    ),
  );
  await headscale.approve('gw', '192.168.90.0/24');
  expect(stops(await run('check'))).toEqual([]);
});

it('changes nothing the second time, although the key is gone', async () => {
  rmSync(key);
  const report = await apply();
  expect([changesOf(report), stops(report), report.code]).toEqual([0, [], 0]);
});

it('passes packets to a machine of the LAN that has never heard of it', async () => {
  expect(await exec(lab, 'edge', 'ping -n -c 2 -W 3 192.168.90.11 | grep -c "bytes from"')).toBe('2');
});

/** Each on top of the one before. */
const SETS: readonly (readonly string[])[] = [
  ['netfilter: nodivert', 'acceptDns: true'],
  ['netfilter: "off"', 'advertise: { gw: [192.168.90.0/25, 192.168.90.128/25], edge: 10.77.0.0/24 }'],
  [ADVERTISE, ACCEPT, 'exitNodes: edge', 'port: 41642'],
  [ADVERTISE, 'accept: far', 'exitNodes: [edge, gw]'],
  ['exitNodes: all', 'acceptDns: true', 'port: 41643'],
  ['advertise: { gw: [192.168.90.0/24, "fd42:90::/64"] }', ACCEPT],
  [ADVERTISE, 'netfilter: nodivert', 'exitNodes: gw'],
  ['netfilter: "off"', 'acceptDns: true', 'exitNodes: [edge, far]', 'port: 41644'],
  [ADVERTISE, ACCEPT, 'exitNodes: [edge, far]', 'acceptDns: true', 'port: 41645'],
  [],
];

const REPORTS = ['html', 'json', 'junit', 'markdown'].map((format) => ({
  format,
  path: join(folder, `report.${format}`),
}));

it.each(SETS.map((set) => ({ set, flags: set.join('; ') })))(
  'takes other flags without an error, and shows no key: $flags',
  async ({ set }) => {
    useKey(keys.at(-1) ?? '');
    write(set);
    const report = await apply(...REPORTS.flatMap(({ format, path }) => ['--report', `${format}=${path}`]));
    expect([errors(report), stops(report), report.code]).toEqual([[], [], 0]);
    const again = await apply();
    expect([changesOf(again), stops(again)]).toEqual([0, []]);
    const written = [everythingWritten(lab), ...REPORTS.map(({ path }) => readFileSync(path, 'utf8'))];
    for (const one of keys) for (const text of written) expect(text).not.toContain(one);
  },
);

it('stops at tags that the login server gives nobody who joins with a key without them', async () => {
  write([ADVERTISE, ACCEPT, 'tags: tag:server']);
  const report = await apply();
  expect([errors(report), stops(report)]).toEqual([
    [],
    MEMBERS.map((node) => `tailscale-peers: ${node}: without tag:server`),
  ]);
  write([ADVERTISE, ACCEPT]);
  const without = await apply();
  expect([errors(without), stops(without)]).toEqual([[], []]);
});

it('reaches the internet through an exit node, and directly again', async () => {
  await headscale.approve('edge', '0.0.0.0/0,::/0');
  write([ADVERTISE, ACCEPT, 'exitNodes: edge', 'exitNode: { gw: edge }']);
  expect(errors(await apply())).toEqual([]);
  const way = `ip route get ${SERVER} && ping -n -c 1 -W 3 ${SERVER}`;
  expect(await exec(lab, 'gw', way)).toContain('dev tailscale0');
  write([ADVERTISE, ACCEPT]);
  const report = await apply();
  expect([errors(report), stops(report)]).toEqual([[], []]);
  expect(await exec(lab, 'gw', way)).not.toContain('dev tailscale0');
});

it('has shown the key to no process and left it in no file', async () => {
  await exec(lab, 'edge', 'kill "$(cat /run/watch.pid)"');
  expect(await exec(lab, 'edge', 'grep -ac "tailscale up --reset" /tmp/seen')).not.toBe('0');
  for (const node of MEMBERS) {
    for (const one of keys) {
      // The brackets keep this search from finding itself.
      const pattern = `[${one.slice(0, 1)}]${one.slice(1)}`;
      const found = `{ grep -rlaE '${pattern}' /etc /run /tmp /root /var/log /var/lib 2>/dev/null; journalctl --no-pager -o cat | grep -E '${pattern}'; } | head -3`;
      expect([node, await exec(lab, node, found)]).toEqual([node, '']);
    }
  }
  for (const one of keys) expect(everythingWritten(lab)).not.toContain(one);
});

it('comes back after a reboot by itself', async () => {
  await Promise.all(MEMBERS.map((node) => lab.reboot(node)));
  const report = await apply();
  expect([changesOf(report), stops(report)]).toEqual([0, []]);
});

it('says why two cannot reach each other, if one is cut off', async () => {
  await exec(lab, 'far', 'systemctl stop tailscaled');
  expect(stops(await run('check'))).toEqual(
    expect.arrayContaining(['tailscale-peers: far: tailscaled does not run']),
  );
  const report = await apply();
  expect(stops(report)).toEqual([]);
});

it('leaves nothing on a node that is no longer a member', async () => {
  write([ADVERTISE, 'accept: edge'], ['edge', 'gw']);
  const report = await apply();
  expect([errors(report), stops(report)]).toEqual([[], []]);
  const left =
    'ls -d /etc/systemd/system/tailscaled.service /etc/bridgehead/tailscale* /var/lib/tailscale /sys/class/net/tailscale0 2>/dev/null || :';
  expect(await exec(lab, 'far', left)).toBe('');
  expect(await headscale.isExpired('far')).toBe(true);
});
