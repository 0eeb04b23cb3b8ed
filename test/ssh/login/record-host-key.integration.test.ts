import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hop } from '../../../src/ssh/config/hop.js';
import { recordHostKey } from '../../../src/ssh/login/record-host-key.js';
import { folder } from '../support/folder.js';
import { makeKey } from '../support/keys.js';

const { publicKey } = makeKey(folder(), 'key');
const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');

function hopIn(home: string, extra: Partial<Hop> = {}): Hop {
  return {
    id: 'edge',
    node: 'edge',
    host: 'edge.example',
    port: 2222,
    user: 'root',
    family: 0,
    hostKeyName: 'edge.example',
    hostKeys: [],
    userKnownHosts: [join(home, '.ssh/known_hosts'), join(home, '.ssh/known_hosts2')],
    globalKnownHosts: [],
    identityFiles: [],
    identitiesOnly: false,
    certificates: [],
    ...extra,
  };
}

describe('an accepted host key', () => {
  it('is written once, however often it is accepted', () => {
    const hop = hopIn(folder());
    for (let times = 0; times < 3; times += 1) recordHostKey(hop, blob);
    const [file] = hop.userKnownHosts;
    expect(readFileSync(file ?? '', 'utf8')).toBe(`[edge.example]:2222 ${publicKey}\n`);
    expect(statSync(file ?? '').mode & 0o777).toBe(0o600);
  });

  it('keeps what is there, adds its own line, and keeps the mode', () => {
    const home = folder();
    const file = join(home, 'known');
    writeFileSync(file, '# no end of line', { mode: 0o644 });
    recordHostKey(hopIn(home, { userKnownHosts: [file] }), blob);
    expect(readFileSync(file, 'utf8')).toBe(`# no end of line\n[edge.example]:2222 ${publicKey}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  it('goes under its alias, which has no port', () => {
    const hop = hopIn(folder(), { hostKeyName: 'the-edge' });
    recordHostKey(hop, blob);
    expect(readFileSync(hop.userKnownHosts[0] ?? '', 'utf8')).toBe(`the-edge ${publicKey}\n`);
  });

  it('says so when ssh has no file for it', () => {
    expect(() => recordHostKey(hopIn(folder(), { userKnownHosts: [] }), blob)).toThrow(/UserKnownHostsFile/);
  });
});
