import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { parseRouters } from '../../../../../src/layers/edge/gates/app/node/routers.js';
import routers from '../../../../../src/layers/edge/gates/app/node/routers.pl';
import { packetReplies, packetScript } from '../../../../../src/packets/process.js';
import { fromLines } from '../../../../../src/remote/reply-lines.js';

/** As Traefik 3.7 shows them. */
const router = (over: object): object => ({
  entryPoints: ['https'],
  service: 'x',
  ruleSyntax: 'default',
  priority: 1_000_000,
  tls: { options: 'default', domains: [{ main: 'photos.example.com' }] },
  observability: { accessLogs: true, traceVerbosity: 'minimal' },
  status: 'enabled',
  using: ['https'],
  provider: 'file',
  ...over,
});
/** As long as it gets with a dozen names. */
const MANY = Array.from({ length: 20 }, (_, index) => `Host(\`photos-${index}.example.com\`)`).join(' || ');
const HTTP = [
  router({ name: 'api@internal', rule: 'PathPrefix(`/api`)', using: ['traefik'], provider: 'internal' }),
  router({ name: 'photos-3fa9c1d2@file', rule: 'Host(`photos.example.com`)' }),
  router({ name: 'photos-certificates-1@file', rule: 'Path(`/x`)', priority: 2_000_000 }),
  router({ name: 'off@file', rule: 'Host(`off`)', status: 'disabled' }),
  router({ name: 'many@file', rule: MANY }),
  router({ name: 'mine@file', rule: 'Host(`a`) && (Path(`/a"}{b`) || Path(`/\\`))', priority: 3 }),
];
const TCP = [router({ name: 'raw@file', rule: 'HostSNI(`photos.example.com`)', priority: 29 })];

async function asked(bodies: Readonly<Record<string, string>> | undefined) {
  const server: Server = createServer((request, response) => {
    const body = bodies?.[request.url?.split('/')[2] ?? ''];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const { port } = server.address() as AddressInfo;
  try {
    const program = { code: routers, data: [['status', port]], without: 'echo no-perl' };
    const script = packetScript([{ id: 'ask', program, earlier: 0 }], 'Token1');
    const reply = await promisify(execFile)('sh', ['-c', script]);
    const said = packetReplies(['ask'], { id: 'gate.packets', code: 0, ...reply }).get('ask');
    if (said === undefined || said.code !== 0) throw new Error(reply.stderr);
    return fromLines(parseRouters)(said);
  } finally {
    server.close();
  }
}

it('reads the routes of the HTTPS port, with their rules', async () => {
  const go = (all: readonly object[]): string => JSON.stringify(all).replaceAll('&', '\\u0026');
  expect(await asked({ http: go(HTTP), tcp: `${go(TCP)}\n` })).toEqual([
    { kind: 'http', priority: 1_000_000, name: 'photos-3fa9c1d2', rule: 'Host(`photos.example.com`)' },
    { kind: 'http', priority: 1_000_000, name: 'many', rule: MANY },
    { kind: 'http', priority: 3, name: 'mine', rule: 'Host(`a`) && (Path(`/a"}{b`) || Path(`/\\`))' },
    { kind: 'tcp', priority: 29, name: 'raw', rule: 'HostSNI(`photos.example.com`)' },
  ]);
  expect(await asked({ http: '[]', tcp: '[]' })).toEqual([]);
});

it('knows nothing if somebody else answers, or nobody', async () => {
  expect(await asked(undefined)).toBeUndefined();
  expect(await asked({ http: '[]', tcp: '<html>' })).toBeUndefined();
});
