import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FakeServer, fakeServer } from '../ssh/support/fake-server.js';
import { makeKey } from '../ssh/support/keys.js';
import { cli, folderWith } from './helpers.js';

const PASSPHRASE = 'battery staple';
const OWN = ['HOME', 'SSH_AUTH_SOCK', 'BRIDGEHEAD_KEY_PASSPHRASE_FILE'] as const;
const before = Object.fromEntries(OWN.map((name) => [name, process.env[name]]));

function setEnv(values: Readonly<Partial<Record<(typeof OWN)[number], string>>>): void {
  for (const name of OWN) {
    const value = values[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

describe('provision logs in', () => {
  let server: FakeServer;
  let folder: string;
  beforeAll(async () => {
    server = await fakeServer({ onLogin: (context) => context.reject(['publickey']) });
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    folder = folderWith({});
    mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
  });
  afterEach(() => setEnv(before));

  /** Two logins at one machine. */
  const provision = () => {
    const machines = ['root', 'bin'].map((user) => `"${user}@127.0.0.1:${server.port}"`).join(', ');
    writeFileSync(join(folder, 'a.yaml'), `machines: [${machines}]\nhostKeys: [accept-new]\n`);
    return cli(['provision', '--answers', join(folder, 'a.yaml')], folder);
  };

  it('without an agent and without a key: every machine is listed, with what to do', async () => {
    setEnv({ HOME: folder });
    const { code, stderr } = await provision();
    expect(code).toBe(4);
    expect(stderr).toMatch(/root@127.0.0.1:\d+: no key [\s\S]*fix: [\s\S]*bin@127.0.0.1:\d+: [\s\S]*fix: /);
    expect(stderr).toMatch(/leaveOut: \[root@127.0.0.1:\d+, bin@127.0.0.1:\d+\]/);
  });

  it('with a passphrase that is wrong: it is said, and not shown', async () => {
    makeKey(join(folder, '.ssh'), 'id_ed25519', { passphrase: PASSPHRASE });
    const file = join(folder, 'passphrase');
    writeFileSync(file, 'staple battery\n', { mode: 0o600 });
    setEnv({ HOME: folder, BRIDGEHEAD_KEY_PASSPHRASE_FILE: file });
    const { code, stdout, stderr } = await provision();
    expect(code).toBe(4);
    expect(stderr).toContain('wrong passphrase for');
    expect(`${stdout}${stderr}`).not.toMatch(/staple battery|battery staple/);
  });
});
