import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '../../../src/core/secret.js';
import { collect, failure } from '../support/collect.js';
import { type FakeServer, fakeServer } from '../support/fake-server.js';
import { folder } from '../support/folder.js';
import { makeKey } from '../support/keys.js';
import { connect, homeWith, nodeOf } from '../support/login.js';

const PASSPHRASE = 'battery staple';
const base = folder();
const good = makeKey(base, 'good');
const other = makeKey(base, 'other');
const locked = makeKey(base, 'locked', { passphrase: PASSPHRASE });
const pem = makeKey(base, 'pem', { type: 'rsa', passphrase: PASSPHRASE, format: 'PEM' });
const socket = join(base, 'agent');
const path = process.env['PATH'];
let agent: ChildProcess;
let server: FakeServer;
/** Public keys that were offered, and whether each was signed with. */
let offered: string[];

beforeAll(async () => {
  agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      execFileSync('ssh-add', [good.path], { env: { PATH: path, SSH_AUTH_SOCK: socket }, stdio: 'pipe' });
      return;
    } catch {
      await sleep(20);
    }
  }
  throw new Error('no agent');
});

afterAll(() => {
  agent.kill();
});

async function start(accepts: readonly string[]): Promise<void> {
  offered = [];
  server = await fakeServer({
    onLogin: (context, accept) => {
      if (context.method !== 'publickey') return context.reject(['publickey']);
      const key = `${context.key.algo} ${context.key.data.toString('base64')}`;
      if (!offered.includes(key)) offered.push(key);
      return accepts.includes(key.replace(/^rsa-sha2-\d+/, 'ssh-rsa'))
        ? accept()
        : context.reject(['publickey']);
    },
  });
}

afterEach(() => server?.stop());

const copy = (key: { text: string }) => key.text;
const asking = (answer: string | undefined, asked: string[] = []) => ({
  askSecret: async (question: string) => {
    asked.push(question);
    return answer === undefined ? undefined : new Secret(answer);
  },
});

describe('the keys that are offered', () => {
  it('are only the inventory’s, whatever the agent and the home have', async () => {
    await start([good.publicKey]);
    const env = { PATH: path, SSH_AUTH_SOCK: socket };
    const home = homeWith({ id_ed25519: copy(good) });
    const { error, text } = await failure(connect(nodeOf(server, { key: other.path }), { env, home }));
    expect(error.code).toBe('E_SSH_AUTH');
    expect(offered).toEqual([other.publicKey]);
    expect(text).toContain(`keys offered: ${other.path}`);
  });

  it('come from the agent, if no key is named', async () => {
    await start([good.publicKey]);
    const { key: _key, ...ssh } = nodeOf(server).ssh;
    await connect({ ...nodeOf(server), ssh }, { env: { PATH: path, SSH_AUTH_SOCK: socket } });
    expect(offered).toEqual([good.publicKey]);
  });

  it('are all those of ~/.ssh/config first, then the agent’s', async () => {
    await start([]);
    const { key: _key, ...ssh } = nodeOf(server).ssh;
    const named = makeKey(folder(), 'named');
    const home = homeWith({
      config: `Host *\n IdentityFile ${named.path}\n IdentityFile ~/.ssh/id_ed25519\n`,
      id_ed25519: copy(other),
    });
    const { text } = await failure(
      connect({ ...nodeOf(server), ssh }, { home, env: { PATH: path, SSH_AUTH_SOCK: socket } }),
    );
    expect(offered).toEqual([named.publicKey, other.publicKey, good.publicKey]);
    expect(text).toMatch(/named, \S+id_ed25519, SHA256:\S+ \(agent\)/);
  });

  describe('with an agent full of others', () => {
    const crowd = Array.from({ length: 8 }, (_, i) => makeKey(base, `crowd-${i}`));
    const env = { PATH: path, SSH_AUTH_SOCK: socket };
    const change = (...argv: string[]) => execFileSync('ssh-add', argv, { env, stdio: 'pipe' });
    beforeAll(() => change(...crowd.map((key) => key.path)));
    afterAll(() => change('-d', ...crowd.map((key) => key.path)));
    const login = (home: string) => {
      const { key: _key, ...ssh } = nodeOf(server).ssh;
      return connect({ ...nodeOf(server), ssh }, { home, env });
    };

    it('still come to the default file, which is right', async () => {
      await start([other.publicKey]);
      await login(homeWith({ id_ed25519: copy(other) }));
      expect(offered.at(-1)).toBe(other.publicKey);
      expect(offered).toHaveLength(5);
    });

    it('begin with the default one that the agent holds', async () => {
      await start([good.publicKey]);
      await login(homeWith({ id_ed25519: copy(good) }));
      expect(offered).toEqual([good.publicKey]);
    });

    it('are distinguished: those offered, and those that were not', async () => {
      await start([]);
      const { error, text } = await failure(
        login(homeWith({ id_ed25519: copy(other), id_ecdsa: copy(locked) })),
      );
      expect(error.code).toBe('E_SSH_AUTH');
      const [, tried = ''] = /keys offered: (.*)/.exec(text) ?? [];
      const [, left = ''] = /not tried, since sshd disconnects after a few: (.*)/.exec(text) ?? [];
      expect(tried.split(', ')).toHaveLength(offered.length);
      expect(left.split(', ')).toHaveLength(8 + 1 + 1 - offered.length);
      expect(text).toContain('IdentitiesOnly yes');
    });

    it('are distinguished if the server hangs up early', async () => {
      await start([]);
      const early = server;
      server = await fakeServer({
        onLogin: (context) => {
          if (context.method === 'publickey') offered.push('one');
          if (offered.length > 2) server.clients.at(-1)?.end();
          else context.reject(['publickey']);
        },
      });
      await early.stop();
      const { text } = await failure(login(homeWith({ id_ed25519: copy(other) })));
      expect(text).toMatch(/not tried, since sshd disconnects after a few: .*id_ed25519/);
    });
  });

  it('leave the agent’s others out with IdentitiesOnly, and name it by IdentityAgent', async () => {
    await start([]);
    const { key: _key, ...ssh } = nodeOf(server).ssh;
    const config = `Host *\n IdentitiesOnly yes\n IdentityAgent ${socket}\n IdentityFile ${other.path}\n`;
    await failure(connect({ ...nodeOf(server), ssh }, { home: homeWith({ config }) }));
    expect(offered).toEqual([other.publicKey]);
  });

  it('are signed for by the agent if the file is public, or locked', async () => {
    await start([good.publicKey, locked.publicKey]);
    const env = { PATH: path, SSH_AUTH_SOCK: socket };
    await connect(nodeOf(server, { key: `${good.path}.pub` }), { env });
    expect(offered).toEqual([good.publicKey]);
    const add = {
      PATH: path,
      SSH_AUTH_SOCK: socket,
      SSH_ASKPASS_REQUIRE: 'force',
      SSH_ASKPASS: join(base, 'askpass'),
    };
    writeFileSync(add.SSH_ASKPASS, `#!/bin/sh\necho '${PASSPHRASE}'\n`, { mode: 0o700 });
    execFileSync('ssh-add', [locked.path], { env: add, stdio: 'pipe' });
    const asked: string[] = [];
    await connect(nodeOf(server, { key: locked.path }), { env, ...asking(PASSPHRASE, asked) });
    expect(asked).toEqual([]);
    execFileSync('ssh-add', ['-d', locked.path], { env: add, stdio: 'pipe' });
  });

  it.each([
    ['OpenSSH', locked],
    ['PEM', pem],
  ] as const)('may be locked (%s): the passphrase is asked for once', async (_name, key) => {
    await start([key.publicKey]);
    const asked: string[] = [];
    const node = nodeOf(server, { key: key.path });
    const { transport } = await import('../support/collect.js');
    const { makeInventory } = await import('../support/inventory.js');
    const ssh = transport({ inventory: makeInventory([node]), home: folder(), ...asking(PASSPHRASE, asked) });
    const [first] = await Promise.all([ssh.connect(node), ssh.connect(node), ssh.connect(node)]);
    expect(asked).toEqual([`passphrase for ${key.path}`]);
    if (first === undefined) throw new Error('not connected');
    await failure(collect(first, 'exit', { signal: AbortSignal.abort() }));
  });

  it('take the passphrase from a file of mode 0600', async () => {
    await start([locked.publicKey]);
    const file = join(folder(), 'passphrase');
    writeFileSync(file, `${PASSPHRASE}\n`, { mode: 0o600 });
    const env = { PATH: path, BRIDGEHEAD_KEY_PASSPHRASE_FILE: file };
    await connect(nodeOf(server, { key: locked.path }), { env });
    chmodSync(file, 0o640);
    const { error } = await failure(connect(nodeOf(server, { key: locked.path }), { env }));
    expect(error.code).toBe('E_SSH_CONFIG');
  });

  it.each([
    ['wrong', 'E_SSH_AUTH', 'wrong passphrase for'],
    [undefined, 'E_SSH_AUTH', 'there is no terminal to ask on'],
  ])('reports a passphrase that is %s, and never connects', async (answer, code, said) => {
    await start([]);
    const { error, text } = await failure(connect(nodeOf(server, { key: locked.path }), asking(answer)));
    expect(error.code).toBe(code);
    expect(text).toContain(said);
    expect(text).toContain('ssh-add');
    expect(`${text}${JSON.stringify(error)}`).not.toContain(PASSPHRASE);
    expect(server.connections()).toBe(0);
  });

  it.each([
    ['missing', 'no such key file', 'relative path'],
    ['a folder', 'is not a regular file', 'private key file'],
    ['garbage', 'is not a readable private key', 'OpenSSH or PEM'],
    ['open', 'is readable by others', 'chmod 600'],
    ['large', 'is too large to be a key', 'private key file'],
    ['fido', 'is a FIDO key', 'without a token'],
    ['public', 'the agent does not have its private key', 'ssh-add'],
  ])('reports a key file that is %s', async (kind, said, fix) => {
    await start([]);
    const key = join(folder(), 'key');
    const sk = Buffer.concat(
      ['sk-ssh-ed25519@openssh.com', 'x'.repeat(40)].map((text) =>
        Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]),
      ),
    );
    if (kind === 'a folder') mkdirSync(key);
    if (kind === 'garbage')
      writeFileSync(key, '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n', {
        mode: 0o600,
      });
    if (kind === 'open') writeFileSync(key, good.text, { mode: 0o644 });
    if (kind === 'large') writeFileSync(key, 'x'.repeat(100_000), { mode: 0o600 });
    if (kind === 'fido') writeFileSync(key, `sk-ssh-ed25519@openssh.com ${sk.toString('base64')}\n`);
    if (kind === 'public') writeFileSync(key, `${other.publicKey}\n`);
    const { error, text } = await failure(connect(nodeOf(server, { key })));
    expect(error.code).toBe(kind === 'public' ? 'E_SSH_AUTH' : 'E_SSH_CONFIG');
    expect(text).toContain(said);
    expect(text).toContain(fix);
    expect(server.connections()).toBe(0);
  });

  it('says so when there is none, and what prevents it', async () => {
    await start([]);
    const { key: _key, ...ssh } = nodeOf(server).ssh;
    const home = homeWith({ config: 'Host *\n CertificateFile ~/.ssh/id-cert.pub\n' });
    const env = { PATH: path, SSH_AUTH_SOCK: join(base, 'no-agent') };
    const { error, text } = await failure(connect({ ...nodeOf(server), ssh }, { home, env }));
    expect(error.code).toBe('E_SSH_AUTH');
    expect(text).toContain('no key to log in to edge as ops');
    expect(text).toContain('no-agent');
    expect(text).toContain('certificates are not supported');
  });
});
