import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { fillPrograms, PROGRAMS } from '../support/programs.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-chain-'));
const file = join(folder, 'inventory.yaml');
const SHIPPED = readFileSync('inventory/hybrid-edge.yaml', 'utf8').replace(
  'name: hybrid-edge',
  'name: edge-chain',
);
writeFileSync(file, SHIPPED);

let inventory: Inventory;
let lab: Lab;

const apply = (): Promise<RunReport> =>
  bridgehead(lab, 'apply', '-i', file, '--yes', '--json', '--programs', PROGRAMS);
const check = (): Promise<RunReport> => bridgehead(lab, 'check', '-i', file, '--phase', 'apps', '--json');

async function expectGo(run: Promise<RunReport>): Promise<RunReport> {
  const report = await run;
  const errors = ofType(report, 'run-ended').flatMap((event) => event.errors);
  expect({ stops: stops(report), errors, code: report.code }).toEqual({ stops: [], errors: [], code: 0 });
  return report;
}

const APPS = ['photos', 'films', 'vault', 'start'] as const;
/** The hop that is named, then what its evidence and its fix say. */
type Named = readonly [hop: string, evidence: RegExp, fix: RegExp];
type Expected = Readonly<Record<(typeof APPS)[number], Named | 'GO'>>;
const everyApp = (named: Named): Expected => ({ photos: named, films: named, vault: named, start: named });

/** What the gate says of the way of each app, as far as it is expected; in full where it isn't. */
async function expectNamed(expected: Expected): Promise<void> {
  const report = await check();
  const findings = ofType(report, 'gate-ended').flatMap((event) => event.findings);
  const told = APPS.map((app) => {
    const finding = findings.find((one) => one.node === 'vps' && one.expected.startsWith(`app ${app}: `));
    const named = expected[app];
    if (finding === undefined) return [app, 'nothing'];
    if (finding.go) return [app, 'GO'];
    const { seen, fix = '' } = finding;
    const isExpected =
      named !== 'GO' &&
      seen.startsWith(`first broken hop: ${named[0]}: `) &&
      named[1].test(seen) &&
      named[2].test(fix);
    return [app, isExpected ? named[0] : `${seen} | ${fix}`];
  });
  const wanted = APPS.map((app) => [app, expected[app] === 'GO' ? 'GO' : expected[app][0]]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(wanted));
  expect(report.code).toBe(3);
}

/** Packets to a port are dropped or refused before they come to anything that listens. */
const block = (node: string, rule: string): Promise<string> =>
  exec(
    lab,
    node,
    `nft 'table inet in_front { chain in { type filter hook input priority -300; ${rule}; }; }'`,
  );
const unblock = (node: string): Promise<string> => exec(lab, node, 'nft delete table inet in_front');

const standIn = (app: string): string => `bridgehead-lab-app-${app}.service`;

beforeAll(async () => {
  fillPrograms('traefik');
  inventory = await inventoryAt(file);
  await labDown(inventory, quiet);
  lab = await labUp(inventory, quiet);
});
afterAll(async () => {
  if (inventory) await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
});

describe('apps at home behind an edge', () => {
  it('are reached once the playbook is applied, and a second apply changes nothing', async () => {
    expect(changesOf(await expectGo(apply()))).toBeGreaterThan(0);
    expect(changesOf(await expectGo(apply()))).toBe(0);
  });

  it('answer a visitor over IPv4 and IPv6 by HTTPS, and know its address', async () => {
    for (const [index, family] of ['-4', '-6'].entries()) {
      for (const app of APPS) {
        const { stdout, stderr } = await lab.visitor.exec(
          `curl -sS -m 20 ${family} https://${app}.example.com/page`,
        );
        expect(`${stdout}${stderr}`).toContain(`this is ${app}; `);
        expect(stdout).toContain(`; x-forwarded-for ${lab.visitor.addresses[index]};`);
      }
    }
  });

  it('have the record named that is wrong or missing', async () => {
    const { dns } = lab.internet;
    await dns.set('photos.example.com', 'A', ['198.51.100.99']);
    await dns.set('films.example.com', 'AAAA', ['2001:db8:8::99']);
    await dns.set('vault.example.com', 'A', 'nxdomain');
    await dns.set('vault.example.com', 'AAAA', 'nxdomain');
    try {
      await expectNamed({
        photos: [
          'name (DNS)',
          /photos\.example\.com has A 198\.51\.100\.99/,
          /change it to A 198\.51\.100\.8/,
        ],
        films: [
          'name (DNS)',
          /films\.example\.com has AAAA 2001:db8:8::99/,
          /change it to AAAA 2001:db8:8::1/,
        ],
        vault: ['name (DNS)', /vault\.example\.com has no A record/, /add A 198\.51\.100\.8/],
        start: 'GO',
      });
    } finally {
      await dns.reset();
    }
  });

  it.each([
    ['443 is dropped', 'tcp dport 443 drop', /:443\/tcp is dropped.*although vps listens/, /open 443\/tcp/],
    [
      '80 is refused',
      'tcp dport 80 reject with tcp reset',
      /:80\/tcp refuses connections, although vps listens there: a firewall/,
      /open 80\/tcp/,
    ],
  ])('have the port of the edge named when %s in front of it', async (_name, rule, evidence, fix) => {
    await block('vps', rule);
    try {
      await expectNamed(everyApp(['port (edge)', evidence, fix]));
    } finally {
      await unblock('vps');
    }
  });

  it('have the relay named when the firewall at home drops what comes for one of them', async () => {
    await block('home-1', 'iifname wg0 tcp dport 2283 drop');
    try {
      await expectNamed({
        photos: ['relay (home)', /home-1 drops TCP from vps/, /allow \d+\/tcp .* in the firewall of home-1/],
        films: 'GO',
        vault: 'GO',
        start: 'GO',
      });
    } finally {
      await unblock('home-1');
    }
  });

  it('are themselves named when they are stopped, hang, or answer wrongly', async () => {
    await exec(lab, 'home-1', `systemctl stop ${standIn('photos')}`);
    await exec(lab, 'nas', `systemctl kill -s STOP ${standIn('films')}`);
    const settings = '/etc/bridgehead-lab/apps/vault';
    await exec(
      lab,
      'home-1',
      `cp ${settings} ${settings}.right; sed -i 's/^status .*/status 500/' ${settings}; systemctl restart ${standIn('vault')}`,
    );
    try {
      await expectNamed({
        photos: ['app (app)', /visitors get 502 .*photos refuses connections/, /start the app photos/],
        films: [
          'app (app)',
          /visitors get no answer.*films takes connections .* doesn't answer/,
          /start the app films/,
        ],
        vault: ['app (app)', /visitors get 500 .*vault answers 500 .*not 200/, /mend the app vault/],
        start: 'GO',
      });
    } finally {
      await exec(lab, 'nas', `systemctl kill -s CONT ${standIn('films')}`);
      await exec(
        lab,
        'home-1',
        `mv ${settings}.right ${settings}; systemctl restart ${standIn('photos')} ${standIn('vault')}`,
      );
    }
    await expectGo(check());
  });
});

/** Each break stays while the next one is made nearer to the visitor: the first one is named, not what is behind it. */
describe('what apply repairs at once', () => {
  it('a relay that is missing, by nftables or by units', async () => {
    await exec(lab, 'home-1', 'nft delete table inet bridgehead_apps');
    await exec(lab, 'home-1', 'systemctl stop bridgehead-app-vault.socket bridgehead-app-vault.service');
    const forwards: Named = ['relay (home)', /home-1 has no rule that forwards/, /run `bridgehead apply`/];
    await expectNamed({
      photos: forwards,
      films: forwards,
      vault: ['relay (home)', /nothing listens on .* of home-1/, /run `bridgehead apply`/],
      start: 'GO',
    });
  });

  it('the tunnel that is down', async () => {
    await exec(lab, 'home-1', 'systemctl stop wg-quick@wg0');
    await expectNamed(
      everyApp(['tunnel (tunnel)', /home-1 has no address in mesh/, /run `bridgehead apply`.* on home-1/]),
    );
  });

  it('the route that is missing at the proxy', async () => {
    await exec(lab, 'vps', 'rm /etc/bridgehead/proxy/apps/photos.yml; sleep 1');
    await expectNamed({
      ...everyApp(['tunnel (tunnel)', /home-1 has no address in mesh/, /run `bridgehead apply`/]),
      photos: ['router (edge)', /Traefik on vps has no route of photos/, /run `bridgehead apply`/],
    });
  });

  it('certificates that are lost, so that the proxy shows its own', async () => {
    await lab.internet.acme.stop();
    await exec(
      lab,
      'vps',
      'systemctl stop bridgehead-traefik; for file in /var/lib/bridgehead-traefik/*.json; do : >"$file"; done; systemctl start bridgehead-traefik',
    );
    try {
      await expectNamed(everyApp(['certificate (edge)', /TRAEFIK DEFAULT CERT/, /run `bridgehead apply`/]));
    } finally {
      await lab.internet.acme.start();
    }
  });

  it('the proxy that is stopped', async () => {
    await exec(lab, 'vps', 'systemctl stop bridgehead-traefik');
    await expectNamed(
      everyApp([
        'port (edge)',
        /nothing listens there on vps; the proxy's unit is inactive/,
        /run `bridgehead apply`/,
      ]),
    );
  });

  it('all of it, by one apply', async () => {
    expect(changesOf(await expectGo(apply()))).toBeGreaterThan(4);
    await expectGo(check());
  });
});

describe('certificates', () => {
  const TOKEN = 'a-token-of-the-provider';
  /** Another challenge, and one more name, on the nas. */
  async function write(host: string, challenge: string): Promise<void> {
    const { dns } = lab.internet;
    const [vps] = inventory.nodes;
    const [four = '', six = ''] = vps?.publicAddresses ?? [];
    await dns.set(host, 'A', [four]);
    await dns.set(host, 'AAAA', [six]);
    const app = `  more: { host: "${host}", to: { node: home-1, address: 192.168.1.20, port: 8096 }, expect: { path: /health } }\n`;
    writeFileSync(
      file,
      SHIPPED.replace('challenge: http', `challenge: ${challenge}`).replace(/^lab:/m, `${app}$&`),
    );
  }
  const refusal = async (): Promise<unknown> => {
    const report = await apply();
    return ofType(report, 'run-ended').flatMap((event) => event.errors)[0];
  };
  const issuerOf = async (host: string): Promise<string> => {
    const { stdout, stderr } = await lab.visitor.exec(`curl -sSv -m 20 https://${host}/health 2>&1`);
    return /issuer: CN=(\w+)/.exec(stdout)?.[1] ?? `${stdout}${stderr}`;
  };

  it('are not there, for a reason that is said, while the authority is down', async () => {
    await write('more.example.com', 'tls-alpn');
    const { acme } = lab.internet;
    try {
      await acme.stop();
      expect(await refusal()).toMatchObject({
        code: 'E_STEP',
        message: expect.stringMatching(
          /^vps got no certificate for more\.example\.com: .*connection refused$/,
        ),
        fix: expect.stringContaining("the authority can't be reached from the edge"),
      });
    } finally {
      await acme.start();
    }
  });

  const proxyProcess = (): Promise<string> =>
    exec(lab, 'vps', 'systemctl show -p MainPID --value bridgehead-traefik');

  it('are refused by an authority over its limit, once for each apply, with when to try again', async () => {
    const { acme } = lab.internet;
    const before = { process: await proxyProcess(), refused: (await acme.refused()).length };
    await acme.limit();
    try {
      expect(await refusal()).toMatchObject({
        code: 'E_STEP',
        message: expect.stringMatching(
          /^vps got no certificate for more\.example\.com: 429 :: .*rateLimited.*retry after \d{4}-\d\d-\d\d [\d:]+ UTC/,
        ),
        fix: expect.stringContaining('wait until the time that it names'),
      });
      // Long enough for a proxy that tries again by itself.
      await exec(lab, 'vps', 'sleep 15');
      expect((await acme.refused()).slice(before.refused)).toHaveLength(1);
    } finally {
      await acme.start();
    }
    await expectGo(apply());
    expect(await proxyProcess()).toBe(before.process);
  });

  it('come by TLS-ALPN-01', async () => {
    await expectGo(apply());
    expect(await issuerOf('more.example.com')).toBe('Pebble');
  });

  it('come by DNS-01 for a wildcard, with a token that only root can read', async () => {
    writeFileSync(join(folder, 'endpoint'), 'http://dns.lab.example\n', { mode: 0o600 });
    writeFileSync(join(folder, 'token'), `${TOKEN}\n`, { mode: 0o600 });
    const env = '{ HTTPREQ_ENDPOINT: { file: ./endpoint }, HTTPREQ_PASSWORD: { file: ./token } }';
    await write('*.any.example.com', `dns, dns: { provider: httpreq, env: ${env} }`);
    await expectGo(apply());
    expect(await issuerOf('some.any.example.com')).toBe('Pebble');
    expect(changesOf(await expectGo(apply()))).toBe(0);
    expect(everythingWritten(lab)).not.toContain(TOKEN);
    const file = '/etc/bridgehead/proxy/secret/dns.env';
    expect(await exec(lab, 'vps', `grep -c ${TOKEN} ${file}; stat -c '%a %U:%G' ${file}`)).toBe(
      '1\n600 root:root',
    );
    const seen = `cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -v 'grep' | grep -c ${TOKEN} || :`;
    expect(await exec(lab, 'vps', seen)).toBe('0');
  });

  it('are forgotten with their app at the next start of the proxy, and nothing else is left of it', async () => {
    writeFileSync(file, SHIPPED);
    await expectGo(apply());
    await exec(lab, 'vps', 'systemctl restart bridgehead-traefik');
    const left =
      'grep -rlE "any.example.com|more.example.com|httpreq" /etc/bridgehead /var/lib/bridgehead-traefik || :';
    expect(await exec(lab, 'vps', left)).toBe('');
    expect(await exec(lab, 'vps', 'ls /etc/bridgehead/proxy/secret 2>&1 || :')).not.toContain('dns.env');
    await expectGo(check());
  });
});

describe('a machine that is off', () => {
  /** What is found while it is off, by those that answer, and what `check` ends with. */
  async function whileOff(node: string): Promise<{ code: number; said: string[] }> {
    await lab.kill(node);
    const report = await bridgehead(
      lab,
      ...['check', '-i', file, '--phase', 'apps', '--json', '--skip-unreachable'],
    );
    await lab.boot(node);
    expect(ofType(report, 'node-left-out').map((event) => event.node)).toEqual([node]);
    const findings = ofType(report, 'gate-ended').flatMap((event) => event.findings);
    const said = APPS.map((app) => {
      const finding = findings.find(({ expected }) => expected.startsWith(`app ${app}: `));
      if (finding === undefined) return `${app}: nothing`;
      const { go, seen, fix, noted } = finding;
      const shown = noted === true ? 'noted' : go ? 'GO' : 'STOP';
      return `${app} at ${finding.node}: ${shown}, ${seen} | ${fix}`;
    });
    return { code: report.code, said };
  }
  const of = (pattern: string): unknown[] =>
    APPS.map((app) => expect.stringMatching(new RegExp(`^${app} ${pattern}`)));

  it('ends a check that is not told to go on without it', async () => {
    await lab.kill('nas');
    const report = await check();
    const errors = ofType(report, 'run-ended').flatMap((event) => event.errors);
    expect({ code: report.code, nodes: errors.map(({ node }) => node) }).toEqual({ code: 4, nodes: ['nas'] });
    await lab.boot('nas');
  });

  it('behind the node at home is named, and the other apps are visited', async () => {
    const { code, said } = await whileOff('nas');
    expect(said).toEqual([
      expect.stringMatching(/^photos at vps: GO/),
      expect.stringMatching(
        /^films at vps: STOP, first broken hop: app \(app\): .* \| check that 192\.168\.1\.20 is up/,
      ),
      expect.stringMatching(/^vault at vps: GO/),
      expect.stringMatching(/^start at vps: GO/),
    ]);
    expect(code).toBe(3);
  });

  it('is named as the end of the tunnel if it is the node at home', async () => {
    const { code, said } = await whileOff('home-1');
    const tunnel = 'first broken hop: tunnel \\(tunnel\\): .*no answer from 10\\.88\\.0\\.10';
    expect(said).toEqual(of(`at vps: noted, home-1 was left out; ${tunnel}.* \\| check that home-1 is up`));
    expect(code).toBe(4);
  });

  it('is named with its ports if it is the edge', async () => {
    const { code, said } = await whileOff('vps');
    const port = 'first broken hop: port \\(edge\\): 198\\.51\\.100\\.8:80/tcp does not answer';
    expect(said).toEqual(of(`at home-1: noted, vps was left out; ${port}.* \\| check that vps is up`));
    expect(code).toBe(4);
  });
});

const NODES = ['vps', 'home-1', 'nas'];
/** Two, which differ most; `BRIDGEHEAD_BOOT_ORDERS=all` tries all six. */
const ORDERS =
  process.env['BRIDGEHEAD_BOOT_ORDERS'] === 'all'
    ? NODES.flatMap((first) => {
        const [second = '', third = ''] = NODES.filter((node) => node !== first);
        return [
          [first, second, third],
          [first, third, second],
        ];
      })
    : [
        ['vps', 'nas', 'home-1'],
        ['home-1', 'nas', 'vps'],
      ];

it.each(ORDERS.map((order) => [order.join(', ')]))(
  'comes back by itself when the power of all machines was cut: %s',
  async (written) => {
    const order = written.split(', ');
    await Promise.all(order.map((node) => lab.kill(node)));
    for (const node of order) await lab.boot(node);
    // Nothing is done but to look, while services start and tunnels come up.
    let report = await check();
    for (const until = Date.now() + 60_000; report.code !== 0 && Date.now() < until; ) report = await check();
    await expectGo(Promise.resolve(report));
  },
);
