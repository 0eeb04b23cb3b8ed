import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
  const port = await freePort();
  const lines = [
    `Port ${port}`,
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
  let log = '';
  child.stderr.on('data', (chunk) => {
    log = (log + chunk).slice(-20_000);
  });
  await listening(port, child, () => log);
  return {
    port,
    hostKeys: { ed25519: ed25519.publicKey, ecdsa: ecdsa.publicKey, rsa: rsa.publicKey },
    client,
    stop: () => stop(child),
  };
}

async function listening(port: number, child: ChildProcess, log: () => string): Promise<void> {
  const ends = Date.now() + 5000;
  while (Date.now() < ends && child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const up = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (up) return;
    await sleep(20);
  }
  throw new Error(`sshd did not start: ${log()}`);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
