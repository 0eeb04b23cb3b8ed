import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
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
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-dns-'));
const file = join(folder, 'inventory.yaml');
const playbook = join(folder, 'playbook.yaml');

/** What names need of the playbook for apps: no proxy, and so no certificates. */
const PHASES = ['firewall', 'install', 'keys', 'kernel', 'tunnel', 'dns'];
const writePlaybook = (resolverPackage: string): void => {
  const [head = '', ...phases] = readFileSync('playbooks/edge.yaml', 'utf8').split(/^(?= {2}- name: )/m);
  const some = phases.filter((phase) => PHASES.includes(/^ {2}- name: (\S+)/.exec(phase)?.[1] ?? ''));
  writeFileSync(playbook, (head + some.join('')).replace('dnsmasq-base', resolverPackage));
};

/** An edge, a node at home that answers names and is closed but for what that needs, and a machine without an overlay. */
const HEAD = `name: split-dns
defaults: { ssh: { user: root } }
sites:
  home: { subnet: [192.168.1.0/24, "fd42:1::/64"], router: 192.168.1.1, public: [203.0.113.8, "2001:db8:88::8"] }
nodes:
  vps: { public: [198.51.100.8, "2001:db8:8::1"] }
  home-1: { site: home, lan: [192.168.1.10, "fd42:1::10"] }
  home-2: { site: home, lan: [192.168.1.20, "fd42:1::20"] }
networks:
  mesh:
    range: [10.88.0.0/24, "fd42:88::/64"]
    addresses: { vps: [10.88.0.1, "fd42:88::1"], home-1: [10.88.0.10, "fd42:88::10"] }
firewall: [{ on: home-1, allow: [ssh] }]
edges: { vps: { acme: { email: me@example.com } } }
apps:
  photos: { host: photos.example.com, to: { node: home-1, port: 2283 } }
  films: { host: films.example.com, to: { node: home-1, address: 192.168.1.20, port: 8096 } }
lab: { laptop: home, standIns: false }
`;
const DNS = `dns:
  zone: home.example.com
  serve: home-1
  apps: { films: home-2 }
  records: { printer: 192.168.1.50 }
`;
const write = (dns: string): void => writeFileSync(file, HEAD + dns);

let lab: Lab;
const run = (command: 'apply' | 'check', ...more: readonly string[]): Promise<RunReport> =>
  bridgehead(lab, command, '-i', file, '--playbook', playbook, '--yes', '--json', ...more);
const apply = (): Promise<RunReport> => run('apply');
/** What the gate finds, each as one line. */
const findings = (report: RunReport): string[] =>
  ofType(report, 'gate-ended')
    .filter(({ name }) => name === 'dns')
    .flatMap(({ findings: all }) =>
      all.map(
        ({ go, node, peer, seen }) => `${go ? 'GO' : 'STOP'} ${node}${peer ? ` -> ${peer}` : ''}: ${seen}`,
      ),
    );
const check = async (): Promise<string[]> => findings(await run('check', '--phase', 'dns'));
const INSIDE = 'A and AAAA of all are right, over IPv4 and IPv6';

beforeAll(async () => {
  writePlaybook('dnsmasq-base');
  write(DNS);
  const inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
});
afterAll(async () => {
  await labDown(await inventoryAt(file), quiet);
  rmSync(folder, { recursive: true, force: true });
});

it('answers the LAN, the overlay and the internet, in both families, and changes nothing the second time', async () => {
  const report = await apply();
  expect(stops(report)).toEqual([]);
  expect(findings(report).sort()).toEqual([
    expect.stringMatching(/^GO home-1: A and AAAA/),
    expect.stringMatching(/^GO home-1: A and AAAA/),
    `GO home-2 -> home-1: ${INSIDE}`,
    expect.stringMatching(/^GO home-2: \S+ doesn't ask home-1$/),
    `GO vps -> home-1: ${INSIDE}`,
    'GO vps: A and AAAA are right',
    'GO vps: A and AAAA are right',
  ]);
  expect(changesOf(await apply())).toBe(0);
});

it('finds a wrong answer inside and outside, and mends its own', async () => {
  await exec(
    lab,
    'home-1',
    'sed -i s/192.168.1.50/192.168.1.51/ /etc/bridgehead/dns/lan.conf && systemctl restart bridgehead-dns@lan',
  );
  await lab.internet.dns.set('photos.example.com', 'AAAA', ['2001:db8::dead']);
  const found = await check();
  await lab.internet.dns.reset();
  expect(found).toContain(
    'STOP home-2 -> home-1: 192.168.1.10 answers A 192.168.1.51 for printer.home.example.com, not 192.168.1.50',
  );
  expect(found).toContain('STOP vps: photos.example.com has AAAA 2001:db8::dead');
  expect(found).toContain(`GO vps -> home-1: ${INSIDE}`);
  expect(stops(await apply())).toEqual([]);
});

it('names a resolver of the LAN that drops private addresses, and then who has port 53', async () => {
  const resolver = (more: string): Promise<string> =>
    exec(
      lab,
      'home-2',
      `systemctl stop router-dns 2>/dev/null
systemd-run --quiet --unit=router-dns /usr/sbin/dnsmasq -k -C /dev/null --no-resolv --server=192.168.1.10 --bind-interfaces --listen-address=192.168.1.20 --stop-dns-rebind ${more}
echo nameserver 192.168.1.20 >/etc/resolv.conf
sleep 0.5`,
    );
  const before = await exec(lab, 'home-2', 'cat /etc/resolv.conf');
  await exec(lab, 'home-2', aptInstall('dnsmasq-base'));
  await resolver('');
  expect(await check()).toContainEqual(
    expect.stringMatching(
      /^STOP home-2: 192\.168\.1\.20 asks home-1, but drops the A record of home-1\.home\.example\.com, which is private: rebind protection$/,
    ),
  );
  await resolver('--rebind-domain-ok=/home.example.com/films.example.com/');
  expect(await check()).toContain('GO home-2: 192.168.1.20 asks it, and passes its answers on');

  write(DNS.replace('serve: home-1', 'serve: [home-1, home-2]'));
  const refused = await apply();
  expect(refused.code).toBe(3);
  expect(refused.stdout).toMatch(
    /port 53\/udp of home-2 at 192\.168\.1\.20 is held by dnsmasq \(pid \d+\) of router-dns\.service/,
  );
  await exec(lab, 'home-2', `systemctl stop router-dns; printf '%s\\n' '${before}' >/etc/resolv.conf`);
});

it('answers the same by unbound', async () => {
  writePlaybook('unbound');
  write(DNS.replace('serve: home-1', 'serve: home-1\n  resolver: unbound\n  upstream: 9.9.9.9'));
  const report = await apply();
  expect(stops(report)).toEqual([]);
  expect(findings(report)).toContain(`GO home-2 -> home-1: ${INSIDE}`);
});

it('leaves nothing behind once names are no longer wanted', async () => {
  write('');
  expect(stops(await apply())).toEqual([]);
  const left = await exec(
    lab,
    'home-1',
    `ls -d /etc/bridgehead/dns /etc/unbound/bridgehead-* /etc/systemd/system/bridgehead-dns* /etc/systemd/system/*/bridgehead-dns* 2>/dev/null
systemctl list-units --all --plain --no-legend 'bridgehead-dns@*'
ss -Hlntu 'sport = :53' | grep -v '127\\.0\\.0\\.1\\|\\[::1\\]'
nft list table inet bridgehead_firewall | grep 'saddr .* dport 53'
:`,
  );
  expect(left).toBe('');
  expect(changesOf(await apply())).toBe(0);
});
