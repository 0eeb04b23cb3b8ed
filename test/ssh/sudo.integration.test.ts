import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '../../src/core/secret.js';
import { collect, failure, transport } from './support/collect.js';
import { type FakeServer, fakeServer } from './support/fake-server.js';
import { type FakeSudo, fakeSudo } from './support/fake-sudo.js';
import { folder } from './support/folder.js';
import { makeInventory } from './support/inventory.js';
import { connect, nodeOf } from './support/login.js';

const PASSWORD = 'correct horse';
const servers: FakeServer[] = [];

afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

async function machine(mode: string): Promise<{ server: FakeServer; sudo: FakeSudo }> {
  const sudo = fakeSudo(mode);
  const server = await fakeServer({ env: sudo.env });
  servers.push(server);
  return { server, sudo };
}

const asking = (answer: string | undefined, asked: string[] = []) => ({
  askSecret: async (question: string) => {
    asked.push(question);
    return answer === undefined ? undefined : new Secret(answer);
  },
});

describe('becoming root by sudo', () => {
  it('never sends the password if none is needed', async () => {
    const { server } = await machine('passwordless');
    const asked: string[] = [];
    const connection = await connect(nodeOf(server), asking(PASSWORD, asked));
    expect(await collect(connection, 'echo one')).toEqual({ code: 0, stdout: 'one\n', stderr: '' });
    expect(await collect(connection, 'echo two >&2')).toEqual({ code: 0, stdout: '', stderr: 'two\n' });
    expect(server.input()).toBe('echo oneecho two >&2');
    expect(asked).toEqual([]);
  });

  it.each(['password', 'rs'])(
    'answers the prompt (%s), then sends the program, in one exec',
    async (mode) => {
      const { server, sudo } = await machine(mode);
      const asked: string[] = [];
      const connection = await connect(nodeOf(server), asking(PASSWORD, asked));
      expect(await collect(connection, 'echo one; exit 3')).toEqual({ code: 3, stdout: 'one\n', stderr: '' });
      expect(server.commands).toHaveLength(1);
      expect(server.input()).toBe(`${PASSWORD}\necho one; exit 3`);
      expect((await collect(connection, 'echo two')).stdout).toBe('two\n');
      expect(asked).toEqual(['sudo password for ops (same for all nodes asked)']);
      expect(sudo.calls().filter((call) => call.startsWith('-n'))).toHaveLength(1);
      expect([...server.commands, ...sudo.calls()].join('\n')).not.toContain(PASSWORD);
    },
  );

  it('asks at once if the inventory says that a password is needed, and copes if it isn’t', async () => {
    const { server, sudo } = await machine('passwordless');
    const connection = await connect(nodeOf(server, { sudo: 'password' }), asking(PASSWORD));
    expect((await collect(connection, 'echo one')).stdout).toBe('one\n');
    expect(server.input()).toBe('echo one');
    expect(sudo.calls()[0]).toMatch(/^-S -k -u root -p /);
  });

  it.each([
    ['passwordless', 1],
    ['forgetful', 3],
  ])(
    'knows at the next login how it became root, and finds out again if that fails (%s)',
    async (mode, calls) => {
      const { server, sudo } = await machine(mode);
      const node = nodeOf(server);
      const ssh = transport({ inventory: makeInventory([node]), home: folder(), ...asking(PASSWORD) });
      await collect(await ssh.connect(node), 'echo one');
      const before = sudo.calls().length;
      const next = await ssh.connect(node, undefined, { fresh: true });
      expect((await collect(next, 'echo two')).stdout).toBe('two\n');
      expect(sudo.calls().length - before).toBe(calls);
    },
  );

  it('asks once for many nodes of one user', async () => {
    const [first, second] = [await machine('password'), await machine('password')];
    const asked: string[] = [];
    const secrets = asking(PASSWORD, asked);
    const ask = { askSecret: secrets.askSecret };
    const nodes = [nodeOf(first.server), { ...nodeOf(second.server), name: 'other' }];
    const ssh = transport({ inventory: makeInventory(nodes), home: folder(), ...ask });
    await Promise.all(nodes.map(async (node) => collect(await ssh.connect(node), 'echo in')));
    expect(asked).toHaveLength(1);
  });

  it('falls back on the password when sudo has forgotten that it needed none', async () => {
    const { server } = await machine('forgetful');
    const connection = await connect(nodeOf(server), asking(PASSWORD));
    expect((await collect(connection, 'echo one')).stdout).toBe('one\n');
    expect((await collect(connection, 'echo two')).stdout).toBe('two\n');
    expect(server.commands).toHaveLength(3);
  });

  it('reads the password from a file of mode 0600, and refuses others', async () => {
    const file = join(folder(), 'password');
    writeFileSync(file, `${PASSWORD}\nsecond line\n`, { mode: 0o600 });
    const { server } = await machine('password');
    const fromNode = await connect(nodeOf(server, { sudoPasswordFile: file }));
    expect((await collect(fromNode, 'echo in')).stdout).toBe('in\n');
    const env = { PATH: process.env['PATH'], BRIDGEHEAD_SUDO_PASSWORD_FILE: file };
    expect((await collect(await connect(nodeOf(server), { env }), 'echo in')).stdout).toBe('in\n');
    const open = join(folder(), 'open');
    writeFileSync(open, PASSWORD, { mode: 0o644 });
    const bad = await connect(nodeOf(server, { sudoPasswordFile: open }));
    const { error, text } = await failure(collect(bad, 'echo in'));
    expect(error.code).toBe('E_SSH_CONFIG');
    expect(text).toContain(`run: chmod 600 ${open}`);
  });

  it.each([
    ['password', 'wrong', 'sudo refused the password of ops', 'tried only once'],
    ['password', undefined, 'there is no terminal to ask on', 'sudoPasswordFile'],
    ['sudoers', PASSWORD, 'ops may not become root with sudo', 'adduser ops sudo'],
    ['tty', PASSWORD, 'sudo requires a terminal', '!requiretty'],
    ['setuid', PASSWORD, 'sudo cannot become root there', 'log in as root'],
    ['absent', PASSWORD, 'sudo is not installed there', 'install sudo'],
  ])('reports a sudo that is %s (answer: %s)', async (mode, answer, message, fix) => {
    const { server, sudo } = await machine(mode);
    const connection = await connect(nodeOf(server), asking(answer));
    const { error, text } = await failure(collect(connection, 'echo in'));
    expect(error.code).toBe('E_SUDO');
    expect(error.details.node).toBe('edge');
    expect(text).toContain(message);
    expect(text).toContain(fix);
    expect(`${text}${JSON.stringify(error)}${error.stack}`).not.toContain(PASSWORD);
    expect(text).not.toContain('wrong\n');
    expect(server.input()).not.toContain('echo in');
    expect([...server.commands, ...sudo.calls()].join('\n')).not.toContain(answer ?? PASSWORD);
  });

  it('offers a wrong password only once', async () => {
    const { server } = await machine('password');
    await failure(collect(await connect(nodeOf(server), asking('wrong')), 'echo in'));
    expect(server.input()).toBe('wrong\n');
  });

  it('holds the inventory to its word that no password is wanted', async () => {
    const { server } = await machine('password');
    const { error, text } = await failure(
      collect(await connect(nodeOf(server, { sudo: 'passwordless' }), asking(PASSWORD)), 'echo in'),
    );
    expect(error.code).toBe('E_SUDO');
    expect(text).toContain('sudo needs a password from ops');
    expect(server.input()).toBe('');
  });

  it('shows what sudo asks for when that isn’t a password', async () => {
    const { server } = await machine('silent');
    const { error, text } = await failure(
      collect(await connect(nodeOf(server), asking(PASSWORD)), 'echo in', { deadlineMs: 3000 }),
    );
    expect(error.code).toBe('E_REMOTE_TIMEOUT');
    expect(text).toContain('Verification code:');
    expect(text).toContain('did not start a root shell');
    expect(server.input()).toBe('');
  });

  it('gives up on a sudo that never answers in its own time, however long the program may take', async () => {
    const { server } = await machine('silent');
    const options = { ...asking(PASSWORD), rootTimeoutMs: 2000 };
    const { error, text } = await failure(
      collect(await connect(nodeOf(server), options), 'echo in', { deadlineMs: 60_000 }),
    );
    expect(error.code).toBe('E_REMOTE_TIMEOUT');
    expect(text).toContain('did not start a root shell within 2 s');
  });

  it('does not count the time that the user takes', async () => {
    const { server } = await machine('password');
    const askSecret = () =>
      new Promise<Secret>((resolve) => setTimeout(() => resolve(new Secret(PASSWORD)), 4000));
    const connection = await connect(nodeOf(server), { askSecret });
    expect((await collect(connection, 'echo in', { deadlineMs: 3000 })).stdout).toBe('in\n');
  });
});
