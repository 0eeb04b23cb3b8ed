import { collect, failure } from './support/collect.js';
import { type FakeServer, fakeServer, runLocally } from './support/fake-server.js';
import { connect, nodeOf } from './support/login.js';

let server: FakeServer;
afterEach(() => server?.stop());

/** A machine whose login shell reads these lines before it looks at what it was given, as bash does with ~/.bashrc. */
async function machine(startup: string): Promise<void> {
  server = await fakeServer({
    onExec: (channel, command) => runLocally(channel, `${startup}\n${command}`, {}),
  });
}

/** For shells that say nothing until their time is up. */
const short = { rootTimeoutMs: 2000 };

describe('a login shell that does something else', () => {
  it.each([
    ['begins another shell', 'ops', 'exec sh', 'did nothing for 2 s', 'no output'],
    ['waits for an answer', 'ops', 'echo "Continue?"; read -r answer', 'did nothing for 2 s', 'Continue?'],
    ['exits', 'ops', 'exit 0', 'ended', 'no output'],
    ['exits for root', 'root', 'exit 0', 'ended', 'no output'],
    ['begins another shell for root', 'root', 'exec sh', 'ended', ''],
    [
      'is nologin',
      'ops',
      'echo This account is currently not available.; exit 1',
      'ended',
      'currently not available',
    ],
    ['is a forced command', 'ops', 'echo hello from git >&2; exit 128', 'ended', 'hello from git'],
  ])('is named if it %s', async (_what, user, startup, happened, evidence) => {
    await machine(startup);
    const options = happened === 'ended' ? {} : short;
    const { error, text } = await failure(
      collect(await connect(nodeOf(server, { user }), options), 'exit 0'),
    );
    expect(error.code).toBe('E_LOGIN_SHELL');
    expect(error.message).toBe(`the login shell of ${user} on edge ${happened} without running its command`);
    expect(text).toContain(evidence);
    expect(text).toContain('exec zsh');
    expect(text).not.toMatch(/sudo|load of the machine/);
  });

  it('is recognised by what it did with the program, and not by its output', async () => {
    await machine('echo Welcome; exec sh');
    const program = 'echo; echo "@0123abcd begin probe"; echo findings';
    const { error } = await failure(collect(await connect(nodeOf(server, { user: 'root' })), program));
    expect(error.details.evidence).toBe('Welcome\nanother shell read the input');
  });

  it('is not blamed if it prints, and then runs the command', async () => {
    await machine('echo Welcome; echo to you >&2');
    const { code, stdout } = await collect(await connect(nodeOf(server)), 'echo in');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Welcome\nin\n' });
  });

  it('is not blamed for a machine without timeout', async () => {
    await machine('PATH=/nowhere; sh() { /bin/sh "$@"; }');
    const node = nodeOf(server, { user: 'root' });
    const { error } = await failure(collect(await connect(node), 'exit 0'));
    expect(error.code).toBe('E_REMOTE_GARBLED');
    expect(error.message).not.toMatch(/login shell/);
  });
});
