import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError, messageOf } from '../../core/errors.js';
import { upstreamProxy } from '../network/proxy.js';

const MIRROR = 'http://deb.debian.org/debian';
/** There is one in every suite. */
const PROBE = 'dists/bookworm/InRelease';
const TIMEOUT_MS = 10_000;
const ATTEMPTS = 3;
const PAUSE_MS = 500;

/** The mirror that the environment names; undefined if it names none. */
export const mirrorOf = (env: NodeJS.ProcessEnv): string | undefined =>
  env['BRIDGEHEAD_LAB_MIRROR'] || undefined;

/** Why machines couldn't install packages here; undefined if the Debian mirror answers, through the host's proxy if it has one. */
export async function mirrorObstacle(
  env: NodeJS.ProcessEnv,
  timeoutMs = TIMEOUT_MS,
): Promise<string | undefined> {
  const mirror = mirrorOf(env) ?? MIRROR;
  // apt asks a mirror that isn't plain HTTP by other ways.
  if (!mirror.startsWith('http://')) return undefined;
  const shown = mirror.replace(/\/\/.*@/s, '//[redacted]@');
  const address = `${mirror.replace(/\/$/, '')}/${PROBE}`;
  if (!URL.canParse(address))
    return `BRIDGEHEAD_LAB_MIRROR=${shown} is not an address such as http://mirror.example/debian`;
  for (let attempt = 1; ; attempt += 1) {
    const { obstacle, passes } = await ask(new URL(address), upstreamProxy(env), timeoutMs);
    if (obstacle === undefined) return undefined;
    if (!passes || attempt === ATTEMPTS) return `the Debian mirror ${shown} ${obstacle}`;
    await sleep(PAUSE_MS);
  }
}

/** What is in the way, and whether that may pass, as it does while apt tries again. */
async function ask(
  url: URL,
  proxy: string | undefined,
  timeoutMs: number,
): Promise<{ obstacle?: string; passes?: boolean }> {
  try {
    const status = await statusOf(url, proxy, timeoutMs);
    return status < 400 ? {} : { obstacle: `answers with status ${status}`, passes: status >= 500 };
  } catch (error) {
    return { obstacle: `can't be reached: ${messageOf(error)}`, passes: true };
  }
}

export interface MirrorNeed {
  /** Names of the images that are yet to be built. */
  readonly unbuilt: readonly string[];
  /** Whether the machines will have to install packages. */
  readonly installs: boolean;
}

/**
 * Rejects with E_LAB if packages are needed and the mirror doesn't answer; if they aren't, a lab works without it, and the
 * log says what won't.
 */
export async function ensureMirror(
  { unbuilt, installs }: MirrorNeed,
  log: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const obstacle = await mirrorObstacle(env);
  if (obstacle === undefined) return;
  if (unbuilt.length === 0 && !installs) {
    log(`warning: ${obstacle}; the machines can't install packages`);
    return;
  }
  const what =
    unbuilt.length > 0 ? `cannot build ${unbuilt.join(', ')}` : 'the machines could not install packages';
  throw new BridgeheadError('E_LAB', `${what}; nothing was booted`, {
    evidence: obstacle,
    fix: "check this machine's connection and its http_proxy, or name another mirror in BRIDGEHEAD_LAB_MIRROR",
  });
}

function statusOf(url: URL, proxy: string | undefined, timeoutMs: number): Promise<number> {
  const server = proxy === undefined ? url : new URL(`http://${proxy}`);
  const path = proxy === undefined ? url.pathname : `${url.origin}${url.pathname}`;
  // Node wants an IPv6 address without its brackets.
  const host = server.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = server.port || '80';
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return new Promise((resolve, reject) => {
    const options = {
      ...{ method: 'HEAD', host, port, path, agent: false },
      headers: { host: url.host },
      signal: AbortSignal.timeout(timeoutMs),
      ...(login === ':' ? {} : { auth: login }),
    };
    const asked = request(options, (reply) => {
      reply.resume();
      resolve(reply.statusCode ?? 0);
    });
    asked.on('error', () =>
      reject(new Error(options.signal.aborted ? `no answer in ${timeoutMs / 1000} s` : 'no connection')),
    );
    asked.end();
  });
}
