import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import {
  BIN,
  changesOf,
  everythingWritten,
  exec,
  inventoryAt,
  ofType,
  type RunReport,
  runBridgehead,
  stops,
} from '../support/bridgehead.js';
import { startOwnTls } from '../support/own-tls.js';

const VPS = ['198.51.100.77', '2001:db8:77::1'] as const;
/** Of the lab's authority, which answers for another one, too. */
const DIRECTORY = 'https://acme.lab.example/dir';
const OTHER_DIRECTORY = 'https://acme-v02.api.letsencrypt.org/directory';
const VISITOR = '198.18.0.200';
const PROGRAMS = '/var/cache/bridgehead/programs';
const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-proxy-'));
const file = join(folder, 'inventory.yaml');
const playbook = join(folder, 'playbook.yaml');
const PASSWORD = 'correct-horse';
/** What Traefik, Caddy or a shell could take for something else. */
const SIGNS = '{{ env "PATH" }} {env.PATH} {$PATH} {"a":1} \\"\\{ %d `x` #';

const APP = (name: string, port: number, more = '') =>
  `  ${name}: { host: ${name}.example.com, to: { node: home-1, port: ${port} }, relay: direct${more} }\n`;
const PHOTOS = APP('photos', 3001);
const MORE =
  APP(
    'vault',
    3002,
    `, options: { auth: { file: ./vault-password }, hsts: 30d, headers: { X-Frame-Options: DENY, X-Signs: '${SIGNS}' } }`,
  ) +
  APP('away', 3003, ', options: { maintenance: true }') +
  APP('inside', 3004, `, options: { deny: [${VISITOR}] }`) +
  '  game: { kind: tcp, listen: 25565, to: { node: home-1, port: 3005 }, relay: direct }\n' +
  // What the edge doesn't read.
  `  sealed: { kind: tls, host: sealed.example.com, to: { node: home-1, port: 3011 }, relay: direct, options: { proxyProtocol: true } }
  raw: { kind: tcp, listen: 25566, to: { node: home-1, port: 3012 }, relay: direct, options: { proxyProtocol: true } }
  voice: { kind: udp, listen: 64738, to: { node: home-1, port: 3013 }, relay: direct }
`;

function write(
  apps: string,
  { proxy = 'traefik', edge = true, challenge = 'http', directory = DIRECTORY } = {},
): void {
  writeFileSync(
    file,
    `name: proxy-r
defaults: { ssh: { user: root } }
sites:
  home:
    subnet: 192.168.77.0/24
    router: 192.168.77.1
    public: 203.0.113.77
    forwards: [{ port: 51820, node: home-1 }]
nodes:
  vps: { public: [${VPS[0]}, "${VPS[1]}"] }
  home-1: { site: home, lan: 192.168.77.10 }
networks:
  mesh:
    range: [10.77.0.0/24, "fd42:77::/64"]
    addresses: { vps: [10.77.0.1, "fd42:77::1"], home-1: [10.77.0.10, "fd42:77::10"] }
${edge ? `edges:\n  vps: { proxy: ${proxy}, acme: { email: me@example.com, challenge: ${challenge}, directory: "${directory}", ca: ./authority.pem } }\napps:\n${apps}` : ''}lab: { laptop: home, standIns: false, names: { "*.example.com": vps }, authorities: [${OTHER_DIRECTORY}] }
`,
  );
}

writeFileSync(
  playbook,
  `name: proxy
phases:
  - name: install
    steps:
      - { on: members, package: { names: [wireguard-tools, wireguard-go] } }
      - { on: vps, package: { names: [ca-certificates] } }
      - { on: vps, program: { name: traefik } }
      - { on: vps, program: { name: caddy } }
  - name: keys
    steps: [{ on: members, wireguard-keys: }]
  - name: tunnel
    steps: [{ on: members, wireguard: }]
    gates: [{ on: members, handshake: }]
  - name: proxy
    steps: [{ proxy: }]
  - name: certificates
    steps: [{ on: edges, certificates: }]
    gates: [{ on: edges, certificates: }]
`,
);

let inventory: Inventory;
let lab: Lab;

const apply = (): Promise<RunReport> =>
  runBridgehead(
    lab,
    [process.execPath, BIN],
    ['apply', '-i', file, '-p', playbook, '--yes', '--json', '--programs', PROGRAMS],
  );
const summaries = (report: RunReport): string[] =>
  ofType(report, 'step-planned').flatMap(({ changes }) => changes.map(({ summary }) => summary));
const errors = (report: RunReport) => ofType(report, 'run-ended')[0]?.errors ?? [];

async function expectGo(report: RunReport): Promise<void> {
  expect({ stops: stops(report), errors: errors(report), code: report.code }).toEqual({
    stops: [],
    errors: [],
    code: 0,
  });
  expect(changesOf(report)).toBeGreaterThan(0);
  const again = await apply();
  expect({ summaries: summaries(again), code: again.code }).toEqual({ summaries: [], code: 0 });
}

/** As the lab's visitor, whose curl trusts nobody but the authority. */
const visit = async (url: string, address: string, ...options: readonly string[]): Promise<string> => {
  const at = address.includes(':') ? `[${address}]` : address;
  const argv = ['curl', '-sS', '-m', '30', '--connect-to', `::${at}:`, ...options, url];
  const { code, stdout, stderr } = await lab.visitor.exec(argv);
  return code === 0 ? stdout : `${code}: ${stderr}`;
};
const status = (url: string, ...options: readonly string[]): Promise<string> =>
  visit(url, VPS[0], '-o', '/dev/null', '-w', '%{http_code} %{redirect_url}', ...options);

/** Keeps a download and an idle websocket going while something is done; whether both came through. */
async function whileStreaming(work: () => Promise<unknown>, idleMs = 1000): Promise<string> {
  const program = `const socket = require('node:tls').connect({ host: '${VPS[0]}', port: 443, servername: 'photos.example.com', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
socket.write('GET /chat HTTP/1.1\\r\\nHost: photos.example.com\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n');
let seen = '';
socket.on('data', (bytes) => { seen += bytes; if (seen.endsWith('still here')) { console.log(seen.split('\\r\\n')[0]); process.exit(0); } });
socket.on('close', () => { console.log('closed after', seen); process.exit(1); });
setTimeout(() => socket.write('still here'), ${idleMs});
setTimeout(() => process.exit(2), ${idleMs + 5000});`;
  const [download, websocket] = await Promise.all([
    visit(
      'https://photos.example.com/slow',
      VPS[0],
      '-o',
      '/dev/null',
      '-w',
      '%{http_code} %{size_download}',
    ),
    lab.run([process.execPath, '-e', program]),
    work(),
  ]);
  return `${download}, ${websocket.stdout.trim()}`;
}
const UNCUT = '200 200, HTTP/1.1 101 Switching Protocols';

beforeAll(async () => {
  const fill = ['scripts/run-ts.js', 'scripts/lab-programs/fill.ts', PROGRAMS, 'traefik', 'caddy'];
  execFileSync(process.execPath, fill, { stdio: 'inherit' });
  writeFileSync(join(folder, 'vault-password'), `me:${PASSWORD}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'authority.pem'), '');
  write(PHOTOS);
  inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
  writeFileSync(join(folder, 'authority.pem'), readFileSync(join(lab.home, 'lab-ca.pem')));
  const app = readFileSync('test/lab/support/stand-in-app.pl', 'utf8');
  await exec(lab, 'home-1', 'cat >/srv/app.pl', { input: app });
  for (const port of [3001, 3002, 3003, 3004, 3005]) {
    await exec(lab, 'home-1', `systemd-run -q --unit app-${port} perl /srv/app.pl ${port}`);
  }
  const passedOn = readFileSync('test/lab/support/passed-on.pl', 'utf8');
  await exec(lab, 'home-1', 'cat >/srv/passed-on.pl', { input: passedOn });
  for (const words of ['tcp 3011 3010', 'tcp 3012', 'udp 3013']) {
    await exec(
      lab,
      'home-1',
      `systemd-run -q --unit app-${words.split(' ')[1]} perl /srv/passed-on.pl ${words}`,
    );
  }
  const own = await startOwnTls(lab, 'home-1', 'sealed.example.com', 3010);
  writeFileSync(join(folder, 'own.pem'), own);
});
afterAll(async () => {
  if (inventory) await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
});

describe('Traefik', () => {
  it('serves an app with a certificate of the authority in both families, and a second apply changes nothing', async () => {
    await expectGo(await apply());
    for (const address of VPS)
      expect(await visit('https://photos.example.com/', address)).toContain('Host: photos.example.com');
    expect(await visit('https://photos.example.com/', VPS[0])).toContain(`X-Forwarded-For: ${VISITOR}\r\n`);
    const forged = await visit('https://photos.example.com/', VPS[0], '-H', 'X-Forwarded-For: 1.2.3.4');
    expect(forged).not.toContain('1.2.3.4');
    expect(await status('http://photos.example.com/x')).toBe('301 https://photos.example.com/x');
    expect(await status('https://nobody.example.com/', '-k')).toBe('404 ');
  });

  it('takes up more apps without cutting a stream, nor a websocket that is idle for over a minute', async () => {
    write(PHOTOS + MORE);
    const seen = await whileStreaming(async () => expectGo(await apply()), 70_000);
    expect(seen).toBe(UNCUT);
    expect(await status('https://vault.example.com/')).toBe('401 ');
    expect(await status('https://vault.example.com/', '-u', 'me:wrong')).toBe('401 ');
    const vault = await visit('https://vault.example.com/', VPS[0], '-i', '-u', `me:${PASSWORD}`);
    expect(vault).toContain('Host: vault.example.com');
    expect(vault).not.toContain('Authorization');
    expect(vault.toLowerCase()).toContain('strict-transport-security: max-age=2592000');
    expect(vault.toLowerCase()).toContain('x-frame-options: deny');
    expect(vault.toLowerCase()).toContain(`\r\nx-signs: ${SIGNS.toLowerCase()}\r\n`);
    const away = await visit('https://away.example.com/', VPS[0], '-w', '%{http_code}');
    expect(away).toMatch(/under maintenance[\s\S]*503$/);
    expect(await status('https://inside.example.com/')).toBe('403 ');
    expect(await visit('http://photos.example.com:25565/', VPS[0])).toContain(
      'Host: photos.example.com:25565',
    );
  });

  it('passes on TLS that ends at home, unread, and tells the app whose it is', async () => {
    const options = ['--cacert', join(folder, 'own.pem')];
    for (const address of VPS)
      expect(await visit('https://sealed.example.com/page', address, ...options)).toBe('from home\n');
    expect(await exec(lab, 'home-1', 'cat /srv/callers-3011')).toBe(lab.visitor.addresses.join('\n'));
    expect((await lab.exec('vps', 'grep -rq "PRIVATE KEY" /etc/bridgehead')).code).toBe(1);
  });

  it('passes on bytes of TCP with the address of whom they come from, and datagrams', async () => {
    const talk = (protocol: string, port: number, lines: number) =>
      VPS.map(async (address) => {
        const program = `exec 3<>/dev/${protocol}/${address}/${port}; echo hello >&3; head -n ${lines} <&3`;
        const { stdout, stderr } = await lab.visitor.exec(['timeout', '10', 'bash', '-c', program]);
        return `${stdout}${stderr}`.trim();
      });
    expect(await Promise.all(talk('tcp', 25566, 2))).toEqual(
      lab.visitor.addresses.map((address) => `${address}\nhello`),
    );
    const heard = await Promise.all(talk('udp', 64738, 1));
    expect(heard).toEqual(['hello', 'hello']);
  });

  it('shows the password to nobody', async () => {
    expect(everythingWritten(lab)).not.toContain(PASSWORD);
    expect(
      (await lab.exec('vps', `grep -r ${PASSWORD} /etc/bridgehead /var/lib/bridgehead-traefik`)).code,
    ).toBe(1);
    expect(await exec(lab, 'vps', 'stat -c "%a %U:%G" /etc/bridgehead/proxy/secret/vault.traefik-*')).toBe(
      '640 root:bridgehead-proxy',
    );
  });

  it('says why the authority refuses a name, and orders again without a restart', async () => {
    const process = await exec(lab, 'vps', 'systemctl show -p MainPID --value bridgehead-traefik');
    const { dns } = lab.internet;
    await dns.set('late.example.com', 'A', ['198.51.100.99']);
    await dns.set('late.example.com', 'AAAA', ['2001:db8:77::99']);
    write(PHOTOS + MORE + APP('late', 3006));
    const refused = await apply();
    expect(errors(refused)).toMatchObject([
      {
        code: 'E_STEP',
        message: expect.stringMatching(
          /^vps got no certificate for late\.example\.com: .*urn:ietf:params:acme:error:connection/,
        ),
        fix: expect.stringContaining('apply again'),
      },
    ]);
    await dns.reset();
    const report = await apply();
    expect(summaries(report)).toEqual(['order a certificate for late.example.com again: there is none yet']);
    await expectGo(report);
    expect(await exec(lab, 'vps', 'systemctl show -p MainPID --value bridgehead-traefik')).toBe(process);
  });

  it('mends keys that others could read, and sees a certificate that is not there', async () => {
    await exec(lab, 'vps', 'chmod 644 /var/lib/bridgehead-traefik/*.json');
    const report = await apply();
    expect(summaries(report)).toEqual([
      expect.stringContaining('644 bridgehead-proxy -> 600 bridgehead-proxy'),
    ]);
    await expectGo(report);
  });

  it('refuses what the user of the proxy has put in the place of keys, and leaves alone where it leads', async () => {
    const planted = '/var/lib/bridgehead-traefik/planted.json';
    await exec(lab, 'vps', `setpriv --reuid=bridgehead-proxy --clear-groups ln -s /etc/shadow ${planted}`);
    expect(errors(await apply())).toMatchObject([
      { code: 'E_STEP', message: expect.stringContaining(`${planted} of vps must be a file of its own`) },
    ]);
    expect(await exec(lab, 'vps', 'stat -c "%a %U" /etc/shadow')).toBe('640 root');
    await exec(lab, 'vps', `rm ${planted}`);
  });

  it('refuses a port that somebody else has, before anything is touched', async () => {
    const holder = `perl -MIO::Socket::INET -e 'my $socket = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 80, Listen => 1) or die; sleep 600'`;
    await exec(
      lab,
      'vps',
      `systemctl stop bridgehead-traefik; systemd-run -q --unit squatter ${holder}; sleep 0.5`,
    );
    const report = await apply();
    expect(errors(report)).toMatchObject([
      {
        code: 'E_NOT_OURS',
        message: expect.stringMatching(
          /^port 80\/tcp of vps.* is held by perl \(pid \d+\) of squatter\.service$/,
        ),
      },
    ]);
    expect(changesOf(report)).toBe(0);
    await exec(lab, 'vps', 'systemctl stop squatter');
    await expectGo(await apply());
  });

  it('leaves nothing of apps that are removed, and cuts no other', async () => {
    write(PHOTOS);
    expect(await whileStreaming(async () => expectGo(await apply()))).toBe(UNCUT);
    const left = await exec(lab, 'vps', 'find /etc/bridgehead/proxy -type f -printf "%f\\n" | sort');
    expect(left.split('\n')).toEqual([
      'authority.pem',
      'forget.pl',
      'inventory',
      'photos.certificates.yml',
      'photos.yml',
      'traefik.yml',
    ]);
    expect(
      await exec(
        lab,
        'vps',
        'systemctl list-units --plain --no-legend "bridgehead-traefik*" | cut -d" " -f1',
      ),
    ).toBe('bridgehead-traefik.service');
    expect(await status('https://vault.example.com/', '-k')).toBe('404 ');
  });

  it('serves again by itself after a reboot', async () => {
    await lab.reboot('vps');
    expect(
      await visit(
        'https://photos.example.com/',
        VPS[1],
        '--retry',
        '20',
        '--retry-all-errors',
        '--retry-delay',
        '1',
      ),
    ).toContain('Host: photos');
  });

  it('orders from another authority if the inventory names one, whatever it has of the former', async () => {
    await orderElsewhere('traefik');
  });
});

/** The same app, with certificates of another authority. */
async function orderElsewhere(proxy: string): Promise<void> {
  const serial = () =>
    exec(
      lab,
      'vps',
      'openssl s_client -connect 127.0.0.1:443 -servername photos.example.com </dev/null 2>/dev/null | openssl x509 -noout -serial',
    );
  const before = await serial();
  write(PHOTOS, { proxy, directory: OTHER_DIRECTORY });
  await expectGo(await apply());
  expect(await serial()).not.toBe(before);
  expect(await visit('https://photos.example.com/', VPS[0])).toContain('Host: photos.example.com');
}

describe('Caddy', () => {
  it('takes over: the same page, in both families, and a second apply changes nothing', async () => {
    const options = `auth: { file: ./vault-password }, hsts: 30d, headers: { X-Signs: '${SIGNS}' }`;
    write(PHOTOS + APP('vault', 3002, `, options: { ${options} }`), { proxy: 'caddy' });
    await expectGo(await apply());
    for (const address of VPS)
      expect(await visit('https://photos.example.com/', address)).toContain('Host: photos.example.com');
    expect(await visit('https://photos.example.com/', VPS[0])).toContain(`X-Forwarded-For: ${VISITOR}\r\n`);
    expect(await status('http://photos.example.com/x')).toBe('308 https://photos.example.com/x');
    expect(await status('https://vault.example.com/')).toBe('401 ');
    const vault = await visit('https://vault.example.com/', VPS[0], '-i', '-u', `me:${PASSWORD}`);
    expect(vault).toContain('Host: vault.example.com');
    expect(vault.toLowerCase()).toContain(`\r\nx-signs: ${SIGNS.toLowerCase()}\r\n`);
  });

  it('changes and adds apps without cutting a stream', async () => {
    write(PHOTOS + APP('vault', 3002) + APP('away', 3003, ', options: { maintenance: true }'), {
      proxy: 'caddy',
    });
    expect(await whileStreaming(async () => expectGo(await apply()))).toBe(UNCUT);
    expect(await status('https://vault.example.com/')).toBe('200 ');
    expect(await status('https://away.example.com/')).toBe('503 ');
  });

  it('gets a certificate by TLS-ALPN-01', async () => {
    write(PHOTOS + APP('inside', 3004), { proxy: 'caddy', challenge: 'tls-alpn' });
    await expectGo(await apply());
    expect(await visit('https://inside.example.com/', VPS[0])).toContain('Host: inside.example.com');
  });

  it('orders from another authority if the inventory names one, too', async () => {
    await orderElsewhere('caddy');
  });
});

it('removes everything of a node that is no edge any more, but the certificates', async () => {
  write('', { edge: false });
  await expectGo(await apply());
  expect((await lab.exec('vps', 'ls /etc/bridgehead/proxy')).code).not.toBe(0);
  expect((await lab.exec('vps', 'id bridgehead-proxy')).code).not.toBe(0);
  expect(
    await exec(
      lab,
      'vps',
      'ls /etc/systemd/system | grep -c "^bridgehead-\\(traefik\\|caddy\\|maintenance\\)" || :',
    ),
  ).toBe('0');
  expect(await exec(lab, 'vps', 'ls /var/lib/bridgehead-retired | sed "s/-[0-9]*$//" | sort')).toBe(
    'caddy\ntraefik',
  );
  expect(await exec(lab, 'vps', 'stat -c %a /var/lib/bridgehead-retired')).toBe('700');
  const connect = ['timeout', '3', 'bash', '-c', `exec 3<>/dev/tcp/${VPS[0]}/443`];
  expect((await lab.visitor.exec(connect)).code).not.toBe(0);
});
