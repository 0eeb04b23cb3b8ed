import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { get, createServer as secureServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HeldPort, holdPort } from '../../../src/lab/network/held-port.js';
import type { App } from '../../../src/layers/edge/inventory/types.js';
import { traefik } from '../../../src/layers/edge/proxy/traefik/traefik.js';
import { KNOWN_PROGRAMS, newestOf } from '../../../src/layers/host/programs/known.js';
import { appOf, SETUP } from '../../layers/edge/proxy/routes.js';
import { Authority } from '../../support/front-door/certificates.js';
import { fillPrograms, PROGRAMS } from '../support/programs.js';

/** The real Traefik, here, with the files of apps as they are written on an edge. */
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-wildcards-'));
const watched = join(folder, 'apps');
const servers: Server[] = [];
const ports = new Map<string, number>();
let proxy: ChildProcess;
let held: HeldPort | undefined;
let https: number;
let log = '';

const http = (name: string, ...hosts: readonly string[]): App => appOf({ name, hosts });
const tls = (name: string, ...hosts: readonly string[]): App => appOf({ name, hosts, kind: 'tls' });
/** Names shorter than a wildcard's rule, and one that is longer. */
const LONG = 'a-name-of-many-letters.example.com';
const APPS: readonly App[] = [
  http('any', '*.example.com'),
  http('photos', 'photos.example.com'),
  http('long', LONG),
  http('mixed', '*.example.net', 'example.net', 'own.example.net'),
  http('vault', 'vault.example.net'),
  tls('any-tls', '*.example.org'),
  tls('sealed', 'sealed.example.org'),
  tls('mixed-tls', '*.example.edu', 'own.example.edu'),
  tls('sealed-edu', 'sealed.example.edu'),
];

/** Answers that are under way, until they are ended. */
const ends: (() => void)[] = [];

const answer =
  (name: string): RequestListener =>
  ({ url }, response) => {
    response.write(name);
    if (url === '/slow') ends.push(() => response.end(' to its end'));
    else response.end();
  };

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const fileOf = (app: App) =>
  traefik.appFile({ app, upstream: { address: '127.0.0.1', port: ports.get(app.name) ?? 0 } }, SETUP);

function put(app: App, change: (text: string) => string = (text) => text): void {
  const { path, content } = fileOf(app);
  const temporary = join(folder, basename(path));
  writeFileSync(temporary, change(content));
  renameSync(temporary, join(watched, basename(path)));
}

/** What answers for a name. */
const visit = (host: string, path = '/'): Promise<string> =>
  new Promise((settle, fail) => {
    const options = { host: '127.0.0.1', port: https, servername: host, path, agent: false };
    get({ ...options, headers: { host }, rejectUnauthorized: false }, (response) => {
      let text = '';
      response.on('data', (bytes) => {
        text += bytes;
      });
      response.on('end', () => settle(response.statusCode === 200 ? text : `${response.statusCode}`));
      response.on('error', fail);
    }).on('error', (error) => settle(error.message));
  });

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (await holds()) return;
    await sleep(200);
  }
  throw new Error(`not in 30 s: ${what}\n${log}`);
}

beforeAll(async () => {
  fillPrograms('traefik');
  const known = KNOWN_PROGRAMS.get('traefik');
  const version = known === undefined ? '' : newestOf(known);
  const packed = join(PROGRAMS, 'traefik', version, `${process.arch === 'x64' ? 'amd64' : process.arch}.gz`);
  const program = join(folder, 'traefik');
  execFileSync('sh', ['-c', 'gzip -dc -- "$1" >"$2" && chmod 755 -- "$2"', 'sh', packed, program]);
  mkdirSync(watched);
  const pair = new Authority(folder).sign('example.org');
  for (const { name, kind } of APPS) {
    const server = kind === 'tls' ? secureServer(pair, answer(name)) : createServer(answer(name));
    ports.set(name, await listening(server));
  }
  held = await holdPort();
  https = held.port;
  const config = {
    entryPoints: { https: { address: `127.0.0.1:${https}` } },
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    providers: { providersThrottleDuration: '200ms', file: { directory: watched, watch: true } },
  };
  writeFileSync(join(folder, 'traefik.yml'), JSON.stringify(config));
  proxy = spawn(program, [`--configFile=${join(folder, 'traefik.yml')}`]);
  const note = (bytes: Buffer) => {
    log += bytes;
  };
  proxy.stdout?.on('data', note);
  proxy.stderr?.on('data', note);
  const accepts = () =>
    new Promise<boolean>((settle) => {
      const socket = connect(https, '127.0.0.1', () => settle(true)).on('error', () => settle(false));
      socket.on('connect', () => socket.destroy());
    });
  await until('Traefik listens', accepts);
});

afterAll(async () => {
  if (proxy?.exitCode === null) {
    proxy.kill();
    await once(proxy, 'exit');
  }
  held?.release();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As files were written that said nothing of which router comes first. */
const unranked = (text: string): string => text.replaceAll(/^ *priority: .*\n/gm, '');

it('takes up ranks while it runs, in any order, and cuts no stream', async () => {
  for (const app of APPS) put(app, unranked);
  // Traefik takes the longest rule first.
  await until('files without ranks', async () => (await visit('photos.example.com')) === 'any');
  await until('and those of TLS', async () => (await visit('sealed.example.org')) === 'any-tls');
  expect(await visit(LONG)).toBe('long');
  const slow = ['photos.example.com', 'sealed.example.org'].map((host) => visit(host, '/slow'));
  await until('both are under way', () => Promise.resolve(ends.length === 2));
  const wildcard = (app: App) => app.name.startsWith('any') || app.name.startsWith('mixed');
  for (const app of APPS.filter(wildcard)) put(app);
  await until('wildcards alone', async () => (await visit('photos.example.com')) === 'photos');
  expect(await visit(LONG)).toBe('long');
  for (const app of APPS.filter((one) => !wildcard(one))) put(app);
  await until('all ranks', async () => (await visit('own.example.edu')) === 'mixed-tls');
  await until('those of TLS', async () => (await visit('sealed.example.org')) === 'sealed');
  for (const end of ends) end();
  expect(await Promise.all(slow)).toEqual(['any to its end', 'any-tls to its end']);
});

it.each([
  ['photos.example.com', 'photos'],
  ['other.example.com', 'any'],
  [LONG, 'long'],
  ['example.net', 'mixed'],
  ['own.example.net', 'mixed'],
  ['other.example.net', 'mixed'],
  ['vault.example.net', 'vault'],
  ['a.vault.example.net', '404'],
  ['sealed.example.org', 'sealed'],
  ['other.example.org', 'any-tls'],
  ['own.example.edu', 'mixed-tls'],
  ['other.example.edu', 'mixed-tls'],
  ['sealed.example.edu', 'sealed-edu'],
])('leads visitors of %s to %s', async (host, app) => {
  await until(`${host} leads to ${app}`, async () => (await visit(host)) === app);
});
