import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Secret } from '../../../../src/core/secret.js';
import { holdPort } from '../../../../src/lab/network/held-port.js';
import { mendKeyFile } from '../../../../src/layers/edge/certificates/mend-key-file.js';
import { waitForCertificates } from '../../../../src/layers/edge/certificates/order-script.js';
import served from '../../../../src/layers/edge/certificates/served.sh';
import { keyFiles } from '../../../../src/layers/edge/certificates/stored.js';
import { caddy } from '../../../../src/layers/edge/proxy/caddy/caddy.js';
import { planVisitors, visitorsOf } from '../../../../src/layers/edge/proxy/plan/visitors.js';
import visitors from '../../../../src/layers/edge/proxy/plan/visitors.pl';
import { proxyFiles } from '../../../../src/layers/edge/proxy/read/files.js';
import { holdersOf } from '../../../../src/layers/edge/proxy/read/holders.js';
import forget from '../../../../src/layers/edge/proxy/traefik/forget.pl';
import routers from '../../../../src/layers/edge/proxy/traefik/routers.pl';
import { traefik } from '../../../../src/layers/edge/proxy/traefik/traefik.js';
import { pollFunction } from '../../../../src/layers/shared/poll/poll.js';
import { buildProgram } from '../../../../src/remote/program.js';
import { standalone } from '../../../../src/remote/script.js';
import { describeShells, runScript } from '../../../support/shells.js';

const folder = mkdtempSync(join(tmpdir(), 'bridgehead-edge-'));
const ACME = {
  email: 'me@example.com',
  challenge: 'http',
  directory: 'https://authority.example.net/dir',
} as const;
const OTHER = { ...ACME, directory: 'https://other.example.net/dir' };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The script with the node's paths in the test's folder. */
const here = (script: string): string =>
  script.replaceAll(/\/(?=(?:etc\/bridgehead|var\/lib)\b)/g, `${folder}/`);

function fake(name: string, text: string): string {
  const path = join(folder, 'bin');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, name), `#!/bin/sh\n${text}`);
  chmodSync(join(path, name), 0o755);
  return path;
}

describeShells('on a node', (shell) => {
  it("reads the proxy's files, but no secret", () => {
    for (const path of ['apps', 'secret', 'ports/game'])
      mkdirSync(join(folder, 'etc/bridgehead/proxy', path), { recursive: true });
    const write = (path: string, text: string) =>
      writeFileSync(join(folder, 'etc/bridgehead/proxy', path), text, { mode: 0o640 });
    write('apps/a.yml', 'é "text" $x\n\n');
    write('secret/a-1', 'hunter2');
    write('ports/game/app.yml', '');
    mkdirSync(join(folder, 'etc/bridgehead/proxy/apps/more'), { recursive: true });
    const strays = ['apps/a copy  2.yml', 'apps/.b.yml', 'apps/more/.c.toml'];
    for (const path of strays) write(path, 'stray');
    const reply = runScript(shell, here(standalone(proxyFiles.script)));
    expect(reply.code).toBe(0);
    const files = proxyFiles.parse(reply);
    const at = (path: string) => files.get(`${folder}/etc/bridgehead/proxy/${path}`);
    expect(at('apps/a.yml')).toMatchObject({ content: 'é "text" $x\n\n', mode: '640 root:root' });
    expect(at('secret/a-1')?.content).toBeUndefined();
    for (const path of strays) expect(at(path)?.content).toBe('stray');
    rmSync(join(folder, 'etc/bridgehead/proxy/apps/more'), { recursive: true });
    for (const path of strays) rmSync(join(folder, 'etc/bridgehead/proxy', path), { force: true });
    expect(at('ports/game/app.yml')?.sha256).toMatch(/^e3b0c442/);
    expect(reply.stdout).not.toContain(Buffer.from('hunter2').toString('base64'));
  });

  it("reads them in a few processes, once for all that ask for the proxy's files", () => {
    const apps = join(folder, 'etc/bridgehead/proxy/apps');
    mkdirSync(apps, { recursive: true });
    for (const name of ['a', 'b', 'c']) writeFileSync(join(apps, `${name}.yml`), name);
    const counted = (name: string) =>
      fake(name, `echo ${name} >>${folder}/counted\nexec /usr/bin/${name} "$@"`);
    rmSync(join(folder, 'counted'), { force: true });
    const [path = ''] = ['stat', 'sha256sum'].map(counted);
    const probes = ['proxy', 'certificates'].map((id) => ({ id, script: proxyFiles.script, readOnly: true }));
    const program = here(buildProgram(probes, 'nonce'));
    const { stdout } = runScript(shell, program.replace('PATH=/', `PATH=${path}:/`));
    expect(stdout.match(/text \S*\/c\.yml Yw==/g)).toHaveLength(2);
    expect(readFileSync(join(folder, 'counted'), 'utf8')).toBe('stat\nsha256sum\n');
    for (const name of ['stat', 'sha256sum']) rmSync(join(path, name));
  });

  it('finds who holds a port, at whatever address', () => {
    const path = fake(
      'ss',
      `cat <<'END'
tcp   LISTEN 0 511  127.0.0.1:80    0.0.0.0:* users:(("nginx: worker",pid=${process.pid},fd=6),("nginx",pid=1,fd=6))
tcp   LISTEN 0 511  [::]:443        [::]:*    users:(("caddy",pid=999999999,fd=6))
udp   UNCONN 0 0    *:443           *:*       users:(("quic",pid=999999999,fd=6))
tcp   LISTEN 0 511  0.0.0.0:8080    0.0.0.0:* users:(("other",pid=999999999,fd=6))
END`,
    );
    const question = holdersOf([80, 443].map((port) => ({ protocol: 'tcp', port })));
    const reply = runScript(shell, question.script, { path: [path] });
    expect(question.parse(reply)).toMatchObject([
      { protocol: 'tcp', port: 80, pid: String(process.pid), program: 'nginx: worker' },
      { protocol: 'tcp', port: 443, pid: '999999999', program: 'caddy' },
    ]);
  });

  it('hashes a password on the node', () => {
    const path = fake('chown', ':');
    const change = planVisitors(
      visitorsOf('photos', new Secret("me:it's:me"), { kind: 'traefik', salt: new Secret('salt') }),
      ':',
      undefined,
    )[0];
    const reply = runScript(shell, here(change?.script ?? ''), { path: [path] });
    expect(`${reply.code} ${reply.stderr}`).toBe('0 ');
    const file = here(change?.creates?.path ?? '');
    const check = `my ($n, $h) = split /:/, <STDIN>, 2; chomp $h; print "$n ", crypt("it's:me", $h) eq $h ? 1 : 0`;
    const { stdout } = spawnSync('sh', ['-c', `perl -e '${check.replaceAll("'", "'\\''")}' <'${file}'`], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('me 1');
  });

  it.each([
    ['comes', 'echo a.example.com; echo b.example.com', ':', 0, ''],
    [
      'is refused',
      'echo a.example.com',
      '[ "$name" = b.example.com ] && echo "error for $name since $began"',
      1,
      'no certificate for b.example.com\nb.example.com: error for b.example.com since 7\n',
    ],
    ['does not come in time', ':', ':', 1, 'no certificate for a.example.com b.example.com\n'],
  ])('waits for a certificate that %s', (_what, names, failure, code, stderr) => {
    const proxy = { printNames: () => names, printFailure: failure };
    const script = waitForCertificates(proxy, ACME, ['a.example.com', 'b.example.com']).replace(
      /^patience=.*$/m,
      'patience=1',
    );
    const reply = runScript(shell, `began=7\n${script}`);
    expect({ code: reply.code, stderr: reply.stderr }).toEqual({ code, stderr });
  });

  it.each([
    'Unable to obtain ACME certificate for domains error="unable to generate a certificate for the domains [a.example.com]: error" domains=["a.example.com"]',
    'Unable to obtain ACME certificate for domains error="cannot get ACME client" domains=["a.example.com"]',
  ])('prints why Traefik has got no certificate for a name, and no other: %s', (line) => {
    const path = fake('journalctl', `cat <<'END'\n${line}\nOther [a.example.com]\nEND\n`);
    const print = (name: string) =>
      runScript(shell, `began=7 name=${name}\n${traefik.printFailure}`, { path: [path] }).stdout.trim();
    expect(print('a.example.com')).toBe(line);
    expect(print('example.com')).toBe('');
  });

  it('prints the certificate that the proxy shows for each name, and asks again for one of its own making', () => {
    const pem = ['-----BEGIN CERTIFICATE-----', 'AAA', 'BBB', '-----END CERTIFICATE-----'];
    const shows = (issuer: string): string =>
      ['Certificate chain', ' 0 s:CN = any', 'Server certificate', ...pem, `issuer=CN = ${issuer}`, '---']
        .map((line) => `echo '${line}'`)
        .join('; ');
    const path = fake(
      'openssl',
      `[ "$1 $4 $6 $7" = 's_client -servername -no-CAfile -no-CApath' ] || exit 9
case $5 in
  a.*) ${shows('R11')} ;;
  own.*) echo asked >>${folder}/asked; ${shows('TRAEFIK DEFAULT CERT')} ;;
  *) echo 'no peer certificate available'; exit 1 ;;
esac
`,
    );
    const ask = (patience: number, ...names: readonly string[]) =>
      runScript(shell, `${pollFunction(patience)}set -- ${names.join(' ')}\n${served}`, {
        path: [path],
      }).stdout.trim();
    expect(ask(9, 'a.example.com')).toBe('served a.example.com AAABBB');
    expect(ask(0, 'a.example.com', 'none.example.com')).toBe(
      'served a.example.com AAABBB\nserved none.example.com -',
    );
    rmSync(join(folder, 'asked'), { force: true });
    expect(ask(1, 'own.example.com')).toBe('served own.example.com AAABBB');
    expect(readFileSync(join(folder, 'asked'), 'utf8').length).toBeGreaterThan('asked\n'.length);
  });

  it('prints certificates and their names, and never a key', () => {
    mkdirSync(join(folder, 'var/lib/bridgehead-traefik'), { recursive: true });
    const stored = [
      { domain: { main: 'a.example.com' }, certificate: 'Q0VSVA==', key: 'U0VDUkVU', Store: 'default' },
    ];
    const text = JSON.stringify(
      { acme: { Account: { PrivateKey: 'UFJJVkFURQ==' }, Certificates: stored } },
      null,
      2,
    );
    writeFileSync(join(folder, 'var/lib/bridgehead-traefik/authority.example.net-dir.json'), text);
    expect(runScript(shell, here(traefik.printCertificates(ACME))).stdout).toBe('Q0VSVA==\n');
    expect(runScript(shell, here(traefik.printNames(ACME))).stdout).toBe('a.example.com\n');
    for (const print of [traefik.printCertificates, traefik.printNames])
      expect(runScript(shell, here(print(OTHER)))).toMatchObject({ code: 0, stdout: '' });
    rmSync(join(folder, 'var/lib'), { recursive: true });
    expect(runScript(shell, here(traefik.printKeyFiles))).toMatchObject({ code: 0, stdout: '' });
  });

  it("prints Caddy's certificates of one authority", () => {
    const at = (authority: string) =>
      join(folder, 'var/lib/bridgehead-caddy/certificates', authority, 'a.example.com');
    mkdirSync(at('authority.example.net-dir'), { recursive: true });
    writeFileSync(join(at('authority.example.net-dir'), 'a.example.com.crt'), 'CERT');
    expect(runScript(shell, here(caddy.printCertificates(ACME))).stdout).toBe('Q0VSVA==\n');
    expect(runScript(shell, here(caddy.printNames(ACME))).stdout).toBe('a.example.com\n');
    for (const print of [caddy.printCertificates, caddy.printNames])
      expect(runScript(shell, here(print(OTHER)))).toMatchObject({ code: 0, stdout: '' });
    rmSync(join(folder, 'var/lib'), { recursive: true });
  });

  it.each([
    ['Traefik', traefik, 'authority.example.net-dir.json'],
    ['Caddy', caddy, 'certificates/authority.example.net-dir/a.example.com/a [*].key'],
  ] as const)('mends the keys of %s, and touches nothing that a link leads to', (_name, proxy, own) => {
    const state = here(proxy.state);
    const key = join(state, own);
    const outside = join(folder, 'outside');
    const foreign = ['shadow', 'other.key', 'other.json'].map((name) => join(outside, name));
    for (const path of [key, ...foreign]) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, 'x');
      chmodSync(path, 0o644);
    }
    // The folder of the test is the user's, as the state's is on a node.
    for (let path = dirname(key); path.length >= folder.length; path = dirname(path)) chmodSync(path, 0o755);
    const read = () => keyFiles(proxy).parse(runScript(shell, here(proxy.printKeyFiles)));
    const mend = (path: string) =>
      runScript(shell, mendKeyFile(state, path).replaceAll('bridgehead-proxy', 'daemon'));
    const accessOf = (path: string) => {
      const { mode, uid } = lstatSync(path);
      return [mode & 0o777, uid];
    };
    try {
      expect(read()).toEqual([{ mode: '644 root', path: key }]);
      expect(mend(key)).toMatchObject({ code: 0, stderr: '' });
      expect(read()).toEqual([{ mode: '600 daemon', path: key }]);

      const suffix = key.slice(key.lastIndexOf('.'));
      rmSync(key);
      symlinkSync(foreign[0] ?? '', key);
      expect(read()).toEqual([{ mode: 'link root', path: key }]);
      mend(key);
      rmSync(key);
      linkSync(foreign[0] ?? '', key);
      expect(read()).toEqual([{ mode: 'link root', path: key }]);
      mend(key);
      rmSync(key);
      symlinkSync(outside, join(state, 'folder'));
      expect(read()).toEqual([]);
      mend(join(state, 'folder', `other${suffix}`));
      expect(foreign.map(accessOf)).toEqual(foreign.map(() => [0o644, 0]));
    } finally {
      rmSync(join(folder, 'var/lib'), { recursive: true });
      rmSync(outside, { recursive: true });
    }
  });
});

describe('at each start, the storage', () => {
  const storage = join(folder, 'acme.json');
  const apps = join(folder, 'apps-of-storage');
  const stored = (...names: readonly string[]) =>
    names.map((main) => ({ domain: { main }, certificate: 'Q0VSVA==', key: 'U0VDUkVU', Store: 'default' }));
  const text = (Certificates: unknown) =>
    JSON.stringify({ acme: { Account: { Email: 'a@b.c' }, Certificates } }, null, 2);
  function forgetting(before: string, files: Readonly<Record<string, string>>): string {
    rmSync(apps, { recursive: true, force: true });
    mkdirSync(apps);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(apps, name), content);
    writeFileSync(storage, before, { mode: 0o600 });
    const { status, stderr } = spawnSync('perl', ['-e', forget, storage, apps], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(statSync(storage).mode & 0o777).toBe(0o600);
    return readFileSync(storage, 'utf8');
  }
  const order = (...names: readonly string[]) => ({
    'photos.certificates.yml': names.map((name) => `- main: ${name}\n`).join(''),
  });

  it('forgets the certificates of names that no app has', () => {
    const names = ['a.example.com', 'gone.example.com', '*.b.example.com', 'also.gone.example.com'];
    const after = forgetting(text(stored(...names)), order('a.example.com', '"*.b.example.com"'));
    expect(JSON.parse(after)).toEqual(JSON.parse(text(stored('a.example.com', '*.b.example.com'))));
    const none = forgetting(
      text(stored('gone.example.com')),
      order('a.gone.example.com', '*.gone.example.com'),
    );
    expect(JSON.parse(none)).toEqual(JSON.parse(text(null)));
  });

  it.each([
    ['all names are wanted', text(stored('a.example.com')), order('a.example.com')],
    ['there are no files', text(stored('a.example.com')), {}],
    ['there are no certificates', text(null), order('a.example.com')],
    ['it is damaged', '{"acme": {"Certificates": [{"domain": {"main', order('a.example.com')],
  ])('is left as it is if %s', (_why, before, files) => {
    expect(forgetting(before, files)).toBe(before);
  });
});

it('makes no line for a visitor without a password', () => {
  const make = (input: string) => spawnSync('perl', ['-e', visitors, ' '], { input, encoding: 'utf8' });
  expect(make('me:secret').stdout).toMatch(/^me \$2y\$10\$[./A-Za-z0-9]{53}\n$/);
  expect(make('me').status).not.toBe(0);
});

it.each(['me too', '#me', '{$HOME}', 'a"b', 'a\\b', 'me\n'])(
  'makes no line that a proxy would read as something else: %j',
  (name) => {
    const made = spawnSync('perl', ['-e', visitors, ' '], { input: `${name}:secret`, encoding: 'utf8' });
    expect(made).toMatchObject({ stdout: '', stderr: expect.stringContaining('the name must have no') });
  },
);

it('lists the routers that serve, and fails if nobody answers', async () => {
  const router = (name: string, status: string, more = '"using":["https"],') =>
    `{"entryPoints":["https"],"service":"x","rule":"Host(\`a\`)","status":"${status}",${more}"name":"${name}","provider":"file"}`;
  const server = createServer((request, response) =>
    response.end(
      request.url?.startsWith('/api/http')
        ? `[${router('api@internal', 'enabled')},${router('photos-1@file', 'enabled')},${router('bad@file', 'disabled')}]`
        : `[${router('tls-1@file', 'enabled', '')}]`,
    ),
  );
  const { port, release } = await holdPort();
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const run = () =>
    new Promise<string>((settle) => {
      execFile('perl', ['-e', routers, String(port)], (error, stdout) =>
        settle(error ? `failed ${stdout}` : stdout),
      );
    });
  expect(await run()).toBe('enabled photos-1\ndisabled bad\nenabled tls-1\n');
  await new Promise((closed) => server.close(closed));
  expect(await run()).toBe('failed ');
  release();
});
