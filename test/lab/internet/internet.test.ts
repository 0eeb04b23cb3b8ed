import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { aptInstall } from '../support/apt.js';
import { exec, inventoryAt } from '../support/bridgehead.js';

const PRODUCTION = 'https://acme-v02.api.letsencrypt.org/directory';
const [FOUR, SIX] = ['198.51.100.91', '2001:db8:91::91'];
const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-internet-'));
const file = join(folder, 'internet.yaml');
writeFileSync(
  file,
  `name: internet-suite
defaults: { ssh: { user: root } }
sites:
  home: { subnet: 192.168.91.0/24, public: 203.0.113.91 }
nodes:
  vps: { public: [${FOUR}, "${SIX}"] }
  box: { site: home, lan: 192.168.91.2 }
lab:
  laptop: home
  names:
    photos.example.com: vps
    "*.more.example.com": vps
    late.example.com: vps
  authorities: [${PRODUCTION}]
`,
);

let inventory: Inventory;
let lab: Lab;

beforeAll(async () => {
  inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
});
afterAll(async () => {
  await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
});

/** All addresses that a machine's own resolver gives for a name. */
const lookUp = 'getent ahosts photos.example.com | cut -d" " -f1 | sort -u';
const addresses = [SIX, FOUR].sort().join('\n');

async function visit(url: string, ...options: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await lab.visitor.exec(['curl', '-sS', '-m', '10', ...options, url]);
  return code === 0 ? stdout.trim() : `${code}: ${stderr.trim()}`;
}

/**
 * Has Caddy on the VPS serve these names, with certificates of an authority, each with an account of its own: if two names need the same
 * new account, Debian's Caddy 2.6 registers two, and may keep the number of one with the key of the other, whose every order is refused.
 */
async function serve(authority: string, ...names: readonly string[]): Promise<void> {
  const sites = names.map(
    (name) => `${name} {
  tls me@${name} {
    ca ${authority}
  }
  respond "{host} for {http.request.remote.host}"
}
`,
  );
  const script = 'cat >/etc/caddy/Caddyfile && systemctl restart caddy';
  await exec(lab, 'vps', script, { input: sites.join('') });
}

/** Waits until a file of the VPS or its journal says something. */
async function until<T>(ask: () => Promise<T>, isRight: (seen: T) => boolean, ms = 30_000): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const seen = await ask();
    if (isRight(seen) || Date.now() > deadline) return seen;
    await sleep(300);
  }
}

/** What the authority said of an order for a name that failed. */
async function refusalOf(name: string): Promise<string> {
  const log = `journalctl -q -u caddy -o cat | grep -F '"identifier":"${name}"' | grep -F '"level":"error"' || :`;
  return until(
    () => exec(lab, 'vps', log),
    (text) => text !== '',
  );
}

it('answers names to the laptop, to machines everywhere and to the visitor', async () => {
  const { stdout } = await lab.run(['sh', '-c', lookUp]);
  expect(stdout.trim()).toBe(addresses);
  expect(await exec(lab, 'vps', lookUp)).toBe(addresses);
  expect(await exec(lab, 'box', lookUp)).toBe(addresses);
  expect((await lab.visitor.exec(lookUp)).stdout.trim()).toBe(addresses);
  const other = 'getent ahostsv4 any.more.example.com | head -n 1 | cut -d" " -f1';
  expect(await exec(lab, 'box', other)).toBe(FOUR);
  expect((await lab.run(['getent', 'hosts', 'nowhere.example.com'])).code).toBe(2);
});

it('answers wrong, late or not at all when asked to', async () => {
  const { dns } = lab.internet;
  await dns.set('photos.example.com', 'A', ['198.51.100.99', '198.51.100.98']);
  const four = 'getent ahostsv4 photos.example.com | cut -d" " -f1 | sort -u';
  expect(await exec(lab, 'vps', four)).toBe('198.51.100.98\n198.51.100.99');
  await dns.set('photos.example.com', 'A', [FOUR], { delayMs: 1500 });
  const began = Date.now();
  expect(await exec(lab, 'vps', four)).toBe(FOUR);
  expect(Date.now() - began).toBeGreaterThan(1400);
  await dns.set('photos.example.com', 'A', 'servfail');
  await dns.set('photos.example.com', 'AAAA', []);
  expect((await lab.exec('vps', 'getent ahosts photos.example.com')).code).toBe(2);
  await dns.reset();
  expect(await exec(lab, 'vps', lookUp)).toBe(addresses);
});

it('issues a certificate over HTTP-01, by which the visitor reads the page on IPv4 and IPv6', async () => {
  await exec(lab, 'vps', aptInstall('caddy'));
  await serve(PRODUCTION, 'photos.example.com');
  const page = () => visit('https://photos.example.com', '-4');
  const [four, six] = lab.visitor.addresses;
  expect(await until(page, (text) => text.startsWith('photos'))).toBe(`photos.example.com for ${four}`);
  expect(await visit('https://photos.example.com', '-6')).toBe(`photos.example.com for ${six}`);
  const debian = ['--cacert', '/etc/ssl/certs/ca-certificates.crt'];
  expect(await visit('https://photos.example.com', ...debian)).toMatch(/^60: /);
  const ca = readFileSync(join(lab.home, 'lab-ca.pem'), 'utf8');
  expect(ca.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  const node = `require('node:https').get('https://photos.example.com',(r)=>{console.log(r.statusCode);r.destroy()})`;
  expect((await lab.run([process.execPath, '-e', node], { timeoutMs: 20_000 })).stdout).toBe('200\n');
  expect(
    await exec(lab, 'box', 'openssl s_client -connect photos.example.com:443 </dev/null 2>&1'),
  ).toContain('Verify return code: 0 (ok)');
});

it('refuses a certificate for a name whose A or AAAA is wrong', async () => {
  const { dns } = lab.internet;
  await dns.set('four.more.example.com', 'A', ['198.51.100.99']);
  await dns.set('four.more.example.com', 'AAAA', []);
  await dns.set('six.more.example.com', 'A', [FOUR]);
  await dns.set('six.more.example.com', 'AAAA', ['2001:db8:99::99']);
  await serve(lab.internet.acme.directory, 'four.more.example.com', 'six.more.example.com');
  expect(await refusalOf('four.more.example.com')).toMatch(/198\.51\.100\.99|no route|timeout|deadline/i);
  expect(await refusalOf('six.more.example.com')).toMatch(/2001:db8:99::99|no route|timeout|deadline/i);
  await dns.reset();
});

it('has an authority that is down, or over its limit, until it is started again', async () => {
  const { acme } = lab.internet;
  const ask = `curl -sS -m 5 -o /dev/null -w '%{http_code}' --cacert ${lab.home}/lab-ca.pem`;
  const order = async () => {
    const { stdout, stderr } = await lab.visitor.exec(
      `${ask} -d '{}' ${acme.directory.replace('dir', 'order-plz')}`,
    );
    return `${stdout} ${stderr}`.trim();
  };
  expect(await order()).toMatch(/^(400|415)$/);
  await acme.limit();
  expect(await order()).toBe('429');
  await serve(acme.directory, 'late.example.com');
  expect(
    await until(
      () =>
        exec(
          lab,
          'vps',
          'journalctl -q -u caddy -o cat | grep -F rateLimited | grep -F late.example.com || :',
        ),
      (text) => text !== '',
    ),
  ).toContain('late.example.com');
  await acme.stop();
  expect(await order()).toMatch(/^000 .*(refused|Failed to connect|Couldn't connect)/);
  expect(await visit(PRODUCTION)).toMatch(/^7: /);
  await acme.start();
  await serve(acme.directory, 'late.example.com');
  expect(
    await until(
      () => visit('https://late.example.com'),
      (text) => text.startsWith('late'),
      // Caddy tries again after a minute if the first order fails.
      120_000,
    ),
  ).toMatch(/^late\.example\.com for /);
});
