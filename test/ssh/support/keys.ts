import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KeyPair {
  readonly path: string;
  readonly text: string;
  /** `type base64`, without the comment. */
  readonly publicKey: string;
}

export function makeKey(
  folder: string,
  name: string,
  { type = 'ed25519', passphrase = '', format = '' } = {},
): KeyPair {
  const path = join(folder, name);
  const bits = type === 'rsa' ? ['-b', '2048'] : [];
  const as = format === '' ? [] : ['-m', format];
  // One round of bcrypt: what is to be shown is that a passphrase opens the key, not how long guessing one takes.
  const secret = ['-a', '1', '-N', passphrase];
  execFileSync('ssh-keygen', ['-q', '-t', type, ...bits, ...as, ...secret, '-C', name, '-f', path]);
  const publicKey = readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' ').trim();
  return { path, text: readFileSync(path, 'utf8'), publicKey };
}
