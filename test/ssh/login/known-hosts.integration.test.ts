import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownHostName, namesMatch, parseKnownHosts } from '../../../src/ssh/login/known-hosts.js';
import { folder } from '../support/folder.js';
import { makeKey } from '../support/keys.js';

const base = folder();
const { publicKey } = makeKey(base, 'key');

/** Whether OpenSSH itself finds the name in a file of one line. */
function oracle(line: string, name: string): boolean {
  const file = join(base, 'known_hosts');
  writeFileSync(file, `${line}\n`);
  try {
    execFileSync('ssh-keygen', ['-F', name, '-f', file], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

function hashed(name: string): string {
  const file = join(base, 'hashed');
  writeFileSync(file, `${name} ${publicKey}\n`);
  execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'pipe' });
  return execFileSync('cut', ['-d', ' ', '-f1', file], { encoding: 'utf8' }).trim();
}

describe('known_hosts', () => {
  const names = ['edge.example', '[edge.example]:2222', '203.0.113.7', '[2001:db8::7]:22', 'edge'];
  const fields = [
    'edge.example',
    'EDGE.example',
    '*.example',
    '*.example,!edge.example',
    '!edge.example,*.example',
    'edge.exampl?',
    '[edge.example]:2222',
    '[*]:2222',
    '*',
    'edge.example,203.0.113.7',
    '203.0.113.*',
    'e*e*e',
    '**edge**',
    '!*',
    hashed('edge.example'),
    hashed('[edge.example]:2222'),
  ];

  it.each(fields)('reads %s as OpenSSH does', (field) => {
    for (const name of names) {
      expect({ name, found: namesMatch(field, name) }).toEqual({
        name,
        found: oracle(`${field} ${publicKey}`, name),
      });
    }
  });

  it('reads markers and passes over the rest', () => {
    const text = [
      '# comment',
      '',
      'short line',
      `@revoked * ${publicKey}`,
      `@later x ${publicKey}`,
      `a,b ${publicKey} me`,
    ];
    expect(parseKnownHosts(text.join('\r\n'))).toEqual([
      { marker: 'revoked', names: '*', type: 'ssh-ed25519', key: publicKey.split(' ')[1] },
      { names: 'a,b', type: 'ssh-ed25519', key: publicKey.split(' ')[1] },
    ]);
  });

  it('writes the port only if it isn’t 22', () => {
    expect(knownHostName('Edge.Example', 22)).toBe('edge.example');
    expect(knownHostName('2001:db8::7', 2222)).toBe('[2001:db8::7]:2222');
  });

  it('does not hang on a pattern made to be slow', () => {
    expect(namesMatch(`${'*a'.repeat(60)}b`, 'a'.repeat(250))).toBe(false);
  });
});
