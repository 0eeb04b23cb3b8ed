import { type BaseImages, ensureBases } from './bases.js';
import type { DockerDaemon } from './daemon.js';

/** Of layers of earlier builds, on this machine. */
const CACHE_SIZE = '8GB';
const BUILD_MS = 15 * 60_000;
const PROXIES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** Builds a target of the project's Dockerfile on the bases made here, as `tag`, and answers these; the daemon has the host's network. */
export async function buildTarget(daemon: DockerDaemon, target: string, tag: string): Promise<BaseImages> {
  const bases = await ensureBases(daemon);
  const values = { NODE_IMAGE: bases.node, DEBIAN_IMAGE: bases.debian, ...proxies() };
  const args = Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  await daemon.must(['build', '--network=host', '--target', target, '--tag', tag, ...args, '.'], {
    timeoutMs: BUILD_MS,
  });
  await daemon.must(['image', 'prune', '--force']);
  await daemon.must(['builder', 'prune', '--force', '--keep-storage', CACHE_SIZE]);
  return bases;
}

function proxies(): Record<string, string> {
  return Object.fromEntries(
    PROXIES.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
