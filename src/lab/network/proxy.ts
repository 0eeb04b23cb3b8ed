import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError } from '../../core/errors.js';
import { untilAnswered } from '../host/until-answered.js';
import { launch } from '../machine/launch.js';
import type { LabPaths } from '../names.js';
import { PROXY_PORT } from '../topology/layout.js';
import { INTERNET } from '../topology/network.js';
import type { LabPlan } from '../types.js';
import { holdPort } from './held-port.js';
import { inside } from './namespaces.js';

const DEADLINE_MS = 20_000;

/** Text of tinyproxy's configuration; `upstream` is what the host itself uses, `http://host:port`. */
export function proxyConfig(port: number, upstream?: string): string {
  return [
    'User nobody',
    'Group nogroup',
    'Listen 127.0.0.1',
    `Port ${port}`,
    'Allow 127.0.0.1',
    'Timeout 600',
    'MaxClients 100',
    'LogLevel Warning',
    'DisableViaHeader Yes',
    ...(upstream === undefined ? [] : [`Upstream http ${upstream}`]),
    '',
  ].join('\n');
}

/** `host:port` of the host's own proxy; credentials in it are not passed on. */
export function upstreamProxy(env: NodeJS.ProcessEnv): string | undefined {
  const url = env['http_proxy'] ?? env['HTTP_PROXY'];
  if (url === undefined || url === '' || !URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? '80' : port}`;
}

/**
 * Lets machines fetch packages: a proxy on the host's loopback, a listener in the lab's internet,
 * and a socket file between them, since files cross network namespaces where addresses don't.
 */
export async function startProxy(plan: Pick<LabPlan, 'ipv6'>, paths: LabPaths): Promise<void> {
  const held = await holdPort();
  try {
    await startChain(held.port, plan, paths);
    await listens(held.port, paths);
  } finally {
    held.release();
  }
}

async function startChain(port: number, plan: Pick<LabPlan, 'ipv6'>, paths: LabPaths): Promise<void> {
  const folder = join(paths.run, 'proxy');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, 'tinyproxy.conf');
  const socket = join(folder, 'socket');
  await writeFile(config, proxyConfig(port, upstreamProxy(process.env)), { mode: 0o600 });
  await launch(paths, 'helpers/proxy', ['tinyproxy', '-d', '-c', config]);
  await launch(paths, 'helpers/proxy-host', [
    'socat',
    `UNIX-LISTEN:${socket},fork,mode=600,unlink-early`,
    `TCP4:127.0.0.1:${port}`,
  ]);
  const listen = plan.ipv6
    ? `TCP6-LISTEN:${PROXY_PORT},fork,reuseaddr,ipv6only=0`
    : `TCP4-LISTEN:${PROXY_PORT},fork,reuseaddr`;
  await launch(
    paths,
    'helpers/proxy-internet',
    inside(paths.namespace(INTERNET), 'socat', listen, `UNIX-CONNECT:${socket}`),
  );
}

/** Waits until an answer comes through the complete chain; an error page of the proxy counts. */
export async function proxyAnswers(paths: LabPaths, signal?: AbortSignal): Promise<void> {
  const ask = `exec 3<>/dev/tcp/127.0.0.1/${PROXY_PORT}; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; read -t 3 -r line <&3; echo "$line"; [[ $line = HTTP/* ]]`;
  await untilAnswered(
    {
      what: "the lab's proxy for apt",
      log: paths.log('helpers-proxy'),
      deadlineMs: DEADLINE_MS,
      pause: 20,
      attemptMs: 5_000,
      signal,
    },
    inside(paths.namespace(INTERNET), 'bash', '-c', ask),
  );
}

/** Waits until tinyproxy has taken its port, which refuses connections until then. */
async function listens(port: number, paths: LabPaths): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (let pause = 5; Date.now() < deadline; pause = Math.min(pause * 2, 200)) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await sleep(pause);
  }
  throw new BridgeheadError('E_LAB', "the lab's proxy for apt does not start", {
    fix: `see ${paths.log('helpers-proxy')}`,
  });
}
