import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../../../src/ssh/login/host-key.js';
import { UnknownHostKey } from '../../../src/ssh/login/host-key-error.js';
import { failure } from '../support/collect.js';
import { type FakeServer, fakeServer } from '../support/fake-server.js';
import { folder } from '../support/folder.js';
import { type KeyPair, makeKey } from '../support/keys.js';
import { connect, homeWith, nodeOf } from '../support/login.js';

const keys = folder();
const ed25519 = makeKey(keys, 'ed25519');
const ecdsa = makeKey(keys, 'ecdsa', { type: 'ecdsa' });
const rsa = makeKey(keys, 'rsa', { type: 'rsa' });
const stranger = makeKey(keys, 'stranger');
let server: FakeServer;

async function start(hostKeys: readonly KeyPair[] = [ed25519]): Promise<void> {
  server = await fakeServer({ hostKeys });
}

afterEach(() => server.stop());

const at = (key: string) => `[127.0.0.1]:${server.port} ${key}\n`;
const unpinned = () => nodeOf(server, { hostKeys: [] });

describe('a host key whose fingerprint the user was shown', () => {
  const shown = (key: KeyPair) => fingerprint(Buffer.from(key.publicKey.split(' ')[1] ?? '', 'base64'));

  it('is in the error, which names the way', async () => {
    await start();
    const { error } = await failure(connect(unpinned(), { home: homeWith({ known_hosts: '' }) }));
    expect(error).toBeInstanceOf(UnknownHostKey);
    expect(error).toMatchObject({
      fingerprint: shown(ed25519),
      keyType: 'ssh-ed25519',
      hop: { node: 'edge' },
    });
  });

  it('is taken when it was confirmed, and no other', async () => {
    await start();
    const home = homeWith({ known_hosts: '' });
    const { error } = await failure(connect(unpinned(), { home, acceptNew: new Set([shown(stranger)]) }));
    expect(error.code).toBe('E_SSH_HOST_KEY_UNKNOWN');
    await connect(unpinned(), { home, acceptNew: new Set([shown(ed25519)]) });
    await connect(unpinned(), { home });
  });
});

describe('a host key that is refused', () => {
  it.each([
    ['unknown', '', false, 'E_SSH_HOST_KEY_UNKNOWN', '--accept-new'],
    ['known for another port', 'other', false, 'E_SSH_HOST_KEY_UNKNOWN', 'ssh-keyscan -p'],
    [
      'vouched for by an authority',
      '@cert-authority * KEY',
      false,
      'E_SSH_HOST_KEY_UNKNOWN',
      'not supported',
    ],
    ['changed', 'AT STRANGER', false, 'E_SSH_HOST_KEY_CHANGED', 'has changed'],
    ['changed, with --accept-new', 'AT STRANGER', true, 'E_SSH_HOST_KEY_CHANGED', 'ssh-keygen -R'],
    ['of another type than the known one', 'AT RSA', true, 'E_SSH_HOST_KEY_CHANGED', 'has ssh-rsa SHA256:'],
    ['revoked', '@revoked * KEY\nAT KEY', true, 'E_SSH_HOST_KEY_CHANGED', '@revoked'],
  ])('%s: nothing is tried', async (_name, text, acceptNew, code, said) => {
    await start();
    const known = text
      .replace('other', `[127.0.0.1]:1 ${stranger.publicKey}`)
      .replaceAll('AT', `[127.0.0.1]:${server.port}`)
      .replaceAll('KEY', ed25519.publicKey)
      .replace('STRANGER', stranger.publicKey)
      .replace('RSA', rsa.publicKey);
    const home = homeWith({ known_hosts: `${known}\n` });
    const { error, text: shown } = await failure(connect(unpinned(), { home, acceptNew }));
    expect(error.code).toBe(code);
    expect(error.details.node).toBe('edge');
    expect(shown).toContain(said);
    expect(shown).toMatch(/its key is ssh-ed25519 SHA256:[\w+/]{43}/);
    expect(server.logins).toEqual([]);
  });

  it('by its pin: no file is asked and nothing is tried', async () => {
    await start();
    const home = homeWith({ known_hosts: at(ed25519.publicKey) });
    const { error } = await failure(
      connect(nodeOf(server, { hostKeys: [stranger.publicKey] }), { home, acceptNew: true }),
    );
    expect(error.code).toBe('E_SSH_HOST_KEY_CHANGED');
    expect(server.logins).toEqual([]);
  });

  it.each(['ssh-ed25519', 'ssh-ed25519 AAAA', 'nonsense', `ssh-rsa ${ed25519.publicKey.split(' ')[1]}`])(
    'by a pin that isn’t a key: %s',
    async (pin) => {
      await start();
      const { error, text } = await failure(connect(nodeOf(server, { hostKeys: [pin] })));
      expect(error.code).toBe('E_SSH_CONFIG');
      expect(text).toContain('is not a public key');
      expect(server.connections()).toBe(0);
    },
  );
});

describe('a host key that is taken', () => {
  it.each([
    ['of the type that is known, whatever else the server has', (): string => at(ecdsa.publicKey)],
    ['known by a pattern', (): string => `[127.0.0.*]:*,!elsewhere ${ecdsa.publicKey}\n`],
    ['known under the bare name', (): string => `127.0.0.1 ${ecdsa.publicKey}\n`],
    [
      'beside comments, rubbish and other hosts',
      (): string => `# x\n\n@odd * x y\nzz\n${at(ecdsa.publicKey)}`,
    ],
  ])('%s', async (_name, known) => {
    await start([ed25519, rsa, ecdsa]);
    await connect(unpinned(), { home: homeWith({ known_hosts: known() }) });
    expect(server.logins.every((login) => login === 'publickey ops')).toBe(true);
    expect(server.logins.length).toBeGreaterThan(0);
  });

  it('is still good when it can’t be written down, with a warning', async () => {
    await start();
    const home = folder();
    writeFileSync(join(home, '.ssh'), 'no folder');
    const warnings: string[] = [];
    const env = { PATH: process.env['PATH'] };
    const readable = await failure(connect(unpinned(), { home, env, acceptNew: true }));
    expect(readable.error.code).toBe('E_SSH_CONFIG');
    const config = `Host *\n  UserKnownHostsFile /dev/full\n`;
    const full = homeWith({ config });
    await connect(unpinned(), { home: full, env, acceptNew: true, warn: (text) => warnings.push(text) });
    expect(warnings).toEqual([
      expect.stringMatching(/^edge: could not add its new host key to known_hosts: .*ENOSPC/),
    ]);
  });
});
