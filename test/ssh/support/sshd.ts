import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { holdPort } from '../../../src/lab/network/held-port.js';
import { folder } from './folder.js';
import { type KeyPair, makeKey } from './keys.js';

const SSHD = '/usr/sbin/sshd';

/** A real sshd needs its program and, to log anyone in, root. */
export const hasSshd = existsSync(SSHD) && userInfo().uid === 0;

export interface Sshd {
  readonly port: number;
  readonly hostKeys: { readonly ed25519: string; readonly ecdsa: string; readonly rsa: string };
  readonly client: KeyPair;
  stop(): Promise<void>;
}

/** A /var/lib of its own, so that what a run keeps on its nodes is not kept on this machine. */
const IN_OWN_STATE = ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs tmpfs /var/lib && exec "$@"', 'sh'];

interface SshdOptions {
  /** Whether it has a /var/lib of its own; mounts must be possible. */
  readonly ownState?: boolean;
}

/** Starts OpenSSH's server on loopback with host keys of all three types, which lets root in by one key. */
export async function startSshd(
  extra: readonly string[] = [],
  { ownState = false }: SshdOptions = {},
): Promise<Sshd> {
  const base = folder();
  const key = (type: string) => makeKey(base, `host_${type}`, { type });
  const [ed25519, ecdsa, rsa] = [key('ed25519'), key('ecdsa'), key('rsa')];
  const client = makeKey(base, 'client');
  writeFileSync(join(base, 'authorized_keys'), `${client.publicKey}\n`, { mode: 0o600 });
  mkdirSync('/run/sshd', { recursive: true });
  const held = await holdPort();
  const lines = [
    `Port ${held.port}`,
    'ListenAddress 127.0.0.1',
    ...[ed25519, ecdsa, rsa].map(({ path }) => `HostKey ${path}`),
    `AuthorizedKeysFile ${join(base, 'authorized_keys')}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    ...extra,
  ];
  const file = join(base, 'sshd_config');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const [program = SSHD, ...args] = [...(ownState ? IN_OWN_STATE : []), SSHD, '-D', '-e', '-f', file];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  await listening(child).finally(() => held.release());
  return {
    port: held.port,
    hostKeys: { ed25519: ed25519.publicKey, ecdsa: ecdsa.publicKey, rsa: rsa.publicKey },
    client,
    stop: () => stop(child),
  };
}

/** Waits until sshd says that it listens, which it does once it has its port. */
async function listening(child: ChildProcessByStdio<null, null, Readable>): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-20_000);
      if (log.includes('Server listening on')) resolve();
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`sshd did not start: ${log}`)));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
