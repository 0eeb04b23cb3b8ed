import { request } from 'node:http';
import { upstreamProxy } from '../network/proxy.js';

const MIRROR = 'http://deb.debian.org/debian';
/** There is one in every suite. */
const PROBE = 'dists/bookworm/InRelease';
const TIMEOUT_MS = 3000;

/** Why machines couldn't install packages here; undefined if the Debian mirror answers, through the host's proxy if it has one. */
export async function mirrorObstacle(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const mirror = env['BRIDGEHEAD_LAB_MIRROR'] ?? MIRROR;
  // apt asks a mirror that isn't plain HTTP by other ways.
  if (!mirror.startsWith('http://')) return undefined;
  const url = new URL(`${mirror.replace(/\/$/, '')}/${PROBE}`);
  try {
    const status = await statusOf(url, upstreamProxy(env));
    return status < 400 ? undefined : `the Debian mirror ${mirror} answers with status ${status}`;
  } catch (error) {
    return `the Debian mirror ${mirror} can't be reached: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function statusOf(url: URL, proxy: string | undefined): Promise<number> {
  const [host, port] = proxy === undefined ? [url.hostname, url.port || '80'] : proxy.split(/:(?=\d+$)/);
  const path = proxy === undefined ? url.pathname : url.href;
  return new Promise((resolve, reject) => {
    const headers = { host: url.host };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const asked = request({ method: 'HEAD', host, port, path, headers, signal, agent: false }, (reply) => {
      reply.resume();
      resolve(reply.statusCode ?? 0);
    });
    asked.on('error', () =>
      reject(new Error(signal.aborted ? `no answer in ${TIMEOUT_MS / 1000} s` : 'no connection')),
    );
    asked.end();
  });
}
