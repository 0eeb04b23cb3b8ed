import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute } from '../../src/remote/execute.js';
import { collect, failure, transport } from './support/collect.js';
import { folder } from './support/folder.js';
import { makeInventory, makeNode } from './support/inventory.js';
import { hasSshd, type Sshd, startSshd } from './support/sshd.js';

const suite = hasSshd ? describe : describe.skip;

suite('against a real sshd', () => {
  let sshd: Sshd;

  beforeAll(async () => {
    sshd = await startSshd();
  });

  afterAll(() => sshd.stop());

  function node(name: string, extra: object = {}) {
    return makeNode(name, {
      host: '127.0.0.1',
      port: sshd.port,
      user: 'root',
      key: sshd.client.path,
      ...extra,
    });
  }

  function home(knownHosts: string, config?: string): string {
    const path = folder();
    mkdirSync(join(path, '.ssh'), { mode: 0o700 });
    writeFileSync(join(path, '.ssh/known_hosts'), knownHosts, { mode: 0o600 });
    if (config !== undefined) writeFileSync(join(path, '.ssh/config'), config, { mode: 0o600 });
    return path;
  }

  const entry = (key: string) => `[127.0.0.1]:${sshd.port} ${key}\n`;

  it('runs a program as root and keeps its streams and status', async () => {
    const edge = node('edge');
    const ssh = transport({ inventory: makeInventory([edge]), home: home(entry(sshd.hostKeys.ed25519)) });
    const connection = await ssh.connect(edge);
    const first = await collect(connection, 'id -u; echo "grüße" >&2; exit 7\n');
    expect(first).toEqual({ code: 7, stdout: '0\n', stderr: 'grüße\n' });
    expect(await collect(connection, 'echo again')).toEqual({ code: 0, stdout: 'again\n', stderr: '' });
  });

  it('carries a program of fragments', async () => {
    const edge = node('edge');
    const ssh = transport({ inventory: makeInventory([edge]), home: home(entry(sshd.hostKeys.ed25519)) });
    const fragments = [
      { id: 'one', script: 'cat; echo "$LC_ALL"; echo bad >&2; exit 4' },
      { id: 'two', script: 'id -u' },
    ];
    const replies = await execute(await ssh.connect(edge), fragments, { node: 'edge', deadlineMs: 5000 });
    expect([...replies.values()]).toMatchObject([
      { id: 'one', code: 4, stdout: 'C\n', stderr: 'bad\n' },
      { id: 'two', code: 0, stdout: '0\n', stderr: '' },
    ]);
  });

  it.each(['ed25519', 'ecdsa', 'rsa'] as const)('knows a server by its %s key alone', async (type) => {
    const edge = node('edge');
    const ssh = transport({ inventory: makeInventory([edge]), home: home(entry(sshd.hostKeys[type])) });
    expect((await collect(await ssh.connect(edge), 'echo in')).stdout).toBe('in\n');
  });

  it('reads hashed entries', async () => {
    const edge = node('edge');
    const path = home(entry(sshd.hostKeys.ecdsa));
    execFileSync('ssh-keygen', ['-q', '-H', '-f', join(path, '.ssh/known_hosts')], { stdio: 'ignore' });
    expect(readFileSync(join(path, '.ssh/known_hosts'), 'utf8')).toMatch(/^\|1\|/);
    const ssh = transport({ inventory: makeInventory([edge]), home: path });
    expect((await collect(await ssh.connect(edge), 'echo in')).stdout).toBe('in\n');
  });

  it('takes a pinned key and then no other', async () => {
    const good = node('good', { hostKeys: [`${sshd.hostKeys.rsa} edge`] });
    const bad = node('bad', { hostKeys: [sshd.client.publicKey] });
    const ssh = transport({
      inventory: makeInventory([good, bad]),
      home: home(entry(sshd.hostKeys.ed25519)),
      acceptNew: true,
    });
    expect((await collect(await ssh.connect(good), 'echo in')).stdout).toBe('in\n');
    const { error, text } = await failure(ssh.connect(bad));
    expect(error.code).toBe('E_SSH_HOST_KEY_CHANGED');
    expect(text).toContain('the hostKey: of the inventory has ssh-ed25519 SHA256:');
  });

  it('writes an accepted key once, into a file that only its owner can read', async () => {
    const nodes = ['a', 'b', 'c', 'd'].map((name) => node(name));
    const path = folder();
    const old = process.umask(0);
    const ssh = transport({ inventory: makeInventory(nodes), home: path, acceptNew: true });
    await Promise.all(nodes.map((each) => ssh.connect(each))).finally(() => process.umask(old));
    const file = join(path, '.ssh/known_hosts');
    expect(readFileSync(file, 'utf8')).toBe(entry(sshd.hostKeys.ed25519));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '.ssh')).mode & 0o777).toBe(0o700);
    const strict = transport({ inventory: makeInventory(nodes), home: path });
    for (const each of nodes)
      expect((await collect(await strict.connect(each), 'echo in')).stdout).toBe('in\n');
  });

  it('follows ~/.ssh/config: Include, HostName, Port, User, IdentityFile, UserKnownHostsFile', async () => {
    const path = home('', 'Include extra\n');
    writeFileSync(join(path, '.ssh/mine'), entry(sshd.hostKeys.ed25519));
    execFileSync('cp', [sshd.client.path, join(path, '.ssh/special')]);
    const lines = [
      'Host edge.example',
      '  HostName 127.0.0.1',
      `  Port ${sshd.port}`,
      '  User root',
      '  IdentityFile ~/.ssh/special',
      '  UserKnownHostsFile ~/.ssh/mine',
    ];
    writeFileSync(join(path, '.ssh/extra'), `${lines.join('\n')}\n`);
    writeFileSync(join(path, '.ssh/config'), `Include ${path}/.ssh/extra\n`);
    const edge = makeNode('edge', { host: 'edge.example' });
    const ssh = transport({ inventory: makeInventory([edge]), home: path });
    expect((await collect(await ssh.connect(edge), 'id -u')).stdout).toBe('0\n');
  });

  it('goes through a jump host, and through two of ProxyJump, with one connection to each', async () => {
    const edge = node('edge');
    const inner = node('inner', { jump: 'edge' });
    const other = node('other', { jump: 'edge' });
    const config = `Host far\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  ProxyJump root@localhost:${sshd.port},edge\n`;
    const known = `${entry(sshd.hostKeys.ed25519)}[localhost]:${sshd.port} ${sshd.hostKeys.ed25519}\n`;
    const far = makeNode('far', { host: 'far', user: 'root', key: sshd.client.path });
    const path = home(known, config);
    execFileSync('cp', [sshd.client.path, join(path, '.ssh/id_ed25519')]);
    const ssh = transport({ inventory: makeInventory([edge, inner, other, far]), home: path });
    const peer = 'echo "$SSH_CONNECTION" | cut -d" " -f2';
    const [first, second, third] = await Promise.all([edge, inner, other].map((each) => ssh.connect(each)));
    if (!first || !second || !third) throw new Error('not connected');
    const port = (await collect(first, peer)).stdout;
    const seen = await Promise.all([second, third].map((each) => collect(each, peer)));
    expect(new Set([port, ...seen.map(({ stdout }) => stdout)]).size).toBe(3);
    expect((await collect(await ssh.connect(far), 'echo far')).stdout).toBe('far\n');
    await first.close();
    expect((await collect(second, 'echo still')).stdout).toBe('still\n');
  });

  it('names the user, the key and the way in when the login is refused', async () => {
    const key = join(folder(), 'other');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const edge = node('edge', { key });
    const ssh = transport({ inventory: makeInventory([edge]), home: home(entry(sshd.hostKeys.ed25519)) });
    const { error, text } = await failure(ssh.connect(edge));
    expect(error.code).toBe('E_SSH_AUTH');
    expect(text).toContain(`refused the login of root`);
    expect(text).toContain(`keys offered: ${key}; it accepts publickey`);
    expect(text).toContain('ssh-copy-id');
    expect(text).toContain('password logins are not supported');
  });
});
