import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { must } from '../../../src/lab/host/command.js';
import { withLock } from '../../../src/lab/host/lock.js';

/** What Docker needs and makes here from one test run to the next. */
export const DOCKER_CACHE = join(process.env['BRIDGEHEAD_CACHE'] ?? '/var/cache/bridgehead', 'docker');

const UNPACK_MS = 5 * 60_000;
const UNPACK = resolve('test/support/docker/unpack-docker.sh');
const INSTALL = resolve('src/lab/host/apt-install.sh');

/** The environment in which Debian's dockerd, docker, containerd, runc and iptables are found; they are unpacked if need be. */
export async function dockerPrograms(): Promise<Record<'PATH' | 'XTABLES_LIBDIR', string>> {
  const key = createHash('sha256')
    .update(await readFile(UNPACK))
    .digest('hex')
    .slice(0, 12);
  const folder = join(DOCKER_CACHE, `programs-${key}`);
  await mkdir(DOCKER_CACHE, { recursive: true, mode: 0o755 });
  await withLock('docker-programs', UNPACK_MS, async () => {
    if (!existsSync(folder)) await must(['sh', UNPACK, folder, INSTALL], { timeoutMs: UNPACK_MS });
  });
  return {
    PATH: `${join(folder, 'usr/sbin')}:${join(folder, 'usr/bin')}:${process.env['PATH']}`,
    XTABLES_LIBDIR: join(folder, 'xtables'),
  };
}
