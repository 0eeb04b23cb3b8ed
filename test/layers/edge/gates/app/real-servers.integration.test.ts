import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../../../../src/layers/gate.js';
import type { Inventory } from '../../../../../src/model/inventory.js';
import type { Playbook } from '../../../../../src/playbook/types.js';
import type { StampedEvent } from '../../../../../src/runner/events/events.js';
import { run } from '../../../../../src/runner/run.js';
import { thisMachine } from '../../../../../src/visitor/this-machine.js';
import type { Visitors } from '../../../../../src/visitor/visitor.js';
import { hybridEdge } from '../../../../fixtures/edge-inventory.js';
import { FolderTransport } from '../../../../support/folder-nodes.js';
import { Authority, type Pair } from '../../../../support/front-door/certificates.js';
import { EDGE, FrontDoor, HOME } from '../../../../support/front-door/front-door.js';
import { fakeGuard } from '../../../../support/node-guard.js';

const HOST = 'photos.example.com';
const ADDRESS = '198.51.100.8';

describe('the gate app with real servers, certificates and connections', () => {
  let folder: string;
  let authority: Authority;
  let right: Pair;
  let door: FrontDoor;
  let answers: readonly string[];
  /** Ports of the edge at which nothing comes back. */
  let dropped: ReadonlySet<number>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-app-'));
    authority = new Authority(folder);
    right = authority.sign(HOST);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeEach(async () => {
    door = new FrontDoor();
    answers = [ADDRESS];
    dropped = new Set();
    await door.start(right);
  });
  afterEach(() => door.close());

  const visitors: Visitors = (signal) => {
    const here = thisMachine(signal);
    return {
      ...here,
      resolve: (_name, family) => Promise.resolve(family === 4 ? answers : []),
      authorities: () => Promise.resolve([]),
      connect: ({ port }, ms) => {
        if (dropped.has(port))
          return Promise.reject(Object.assign(new Error('silence'), { code: 'ETIMEDOUT' }));
        return here.connect(
          { address: '127.0.0.1', port: port === 80 ? door.ports.http : door.ports.https },
          ms,
        );
      },
    };
  };

  /** The edge's own ports are those that visitors are led to. */
  async function inventoryOf(): Promise<Inventory> {
    const shipped = await hybridEdge();
    const [photos] = shipped.apps.filter(({ name }) => name === 'photos');
    if (photos === undefined) throw new TypeError('no app photos');
    return {
      ...shipped,
      nodes: shipped.nodes
        .filter(({ name }) => name !== 'nas')
        .map((node) => (node.name === 'vps' ? { ...node, publicAddresses: [ADDRESS] } : node)),
      networks: shipped.networks.map((network) => ({
        ...network,
        members: network.members.map((member) => ({
          ...member,
          addresses: [member.node === 'vps' ? EDGE : HOME],
        })),
      })),
      edges: shipped.edges.map((edge) => ({
        ...edge,
        acme: {
          email: 'me@example.com',
          challenge: 'http',
          directory: 'https://acme.lab.example/dir',
          ca: authority.path,
        },
      })),
      apps: [
        {
          ...photos,
          relay: 'socket-proxyd',
          port: door.ports.relay,
          to: { node: 'home-1', address: '127.0.0.1', port: door.ports.app },
        },
      ],
    };
  }

  async function measure(params: object = {}): Promise<{ exit: number; findings: readonly Finding[] }> {
    const events: StampedEvent[] = [];
    const gates = [
      { id: 'one.gate', kind: 'app', name: 'app', on: ['all'], params: { within: 1, ...params } },
    ];
    const { exit } = await run({
      command: 'check',
      run: '20260101-000000-abcdef',
      inventory: await inventoryOf(),
      playbook: {
        file: join(folder, 'p.yaml'),
        name: 'p',
        phases: [{ name: 'one', steps: [], gates }],
      } as Playbook,
      transport: new FolderTransport(folder),
      visitors,
      nodeGuard: fakeGuard,
      phases: [],
      only: [],
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
      concurrency: 4,
    });
    return { exit, findings: events.flatMap((event) => (event.type === 'gate-ended' ? event.findings : [])) };
  }
  const seenAt = (findings: readonly Finding[], node: string): string =>
    findings.find((finding) => finding.node === node)?.seen ?? '';

  it('is GO with bytes of the app, and with what else visitors need', async () => {
    door.answer = (asked, response) => {
      if (asked.url === '/whoami') response.end(`${asked.headers['x-forwarded-for']}`);
      else asked.resume().once('end', () => response.end('{"res":"pong"}'));
    };
    const { exit, findings } = await measure({
      upload: { seconds: 2 },
      websocket: { path: '/socket', seconds: 2 },
      caller: { path: '/whoami' },
    });
    expect(findings.map(({ seen }) => seen)).toEqual([
      '200 over IPv4, an upload of 2 s over IPv4 gets 200, a WebSocket idle for 2 s over IPv4 lives, the app sees its visitor as 127.0.0.1',
      `answers 200 at 127.0.0.1:${door.ports.app}`,
    ]);
    expect(exit).toBe(0);
  });

  it('tries what apps have, and notes what they have not, if no path is given', async () => {
    door.answer = (asked, response) => {
      if (asked.method === 'POST') response.writeHead(405).end();
      else response.end(asked.url?.startsWith('/.well-known/') ? '<p>1.2.3.4</p>' : 'pong');
    };
    const params = { upload: { seconds: 3 }, websocket: { seconds: 1 }, caller: {} };
    const { exit, findings } = await measure(params);
    expect(exit).toBe(0);
    expect(findings[0]).toMatchObject({ go: true, noted: true });
    expect(findings[0]?.seen.split(/; |, /)).toEqual([
      '200 over IPv4',
      'a WebSocket idle for 1 s over IPv4 lives',
      'not tried: upload: /api/server/ping takes none (405)',
      "not tried: visitor's address: photos has no page that shows it",
    ]);
    door.answer = (asked, response) =>
      void response.end(asked.url?.startsWith('/.well-known/') ? '203.0.113.254' : 'pong');
    expect((await measure(params)).findings[0]).toMatchObject({
      go: false,
      seen: expect.stringContaining('a visitor wrote into X-Forwarded-For'),
    });
  });

  it.each<readonly [string, (door: FrontDoor) => Promise<unknown> | unknown, RegExp]>([
    [
      'a wrong address',
      () => {
        answers = ['192.0.2.66'];
      },
      /name \(DNS\)/,
    ],
    [
      '443 dropped',
      () => {
        dropped = new Set([443]);
      },
      /port \(edge\): 198\.51\.100\.8:443\/tcp does not answer/,
    ],
    ['80 refused', (it) => it.stop('http'), /port \(edge\): 198\.51\.100\.8:80\/tcp refuses/],
    [
      'a certificate that signs itself',
      async (it) => {
        await it.stop('https');
        await it.startProxy(authority.selfSigned('TRAEFIK DEFAULT CERT'));
      },
      /certificate \(edge\): photos\.example\.com is served with TRAEFIK DEFAULT CERT/,
    ],
    [
      'a certificate for another name',
      async (it) => {
        await it.stop('https');
        await it.startProxy(authority.sign('films.example.com'));
      },
      /certificate \(edge\): the certificate is for films\.example\.com/,
    ],
    [
      'a router without a route',
      (it) => {
        it.hasRoute = false;
      },
      /router \(edge\): the proxy answers 404 \("404 page not found"\), while vps gets the right answer/,
    ],
    [
      '502: no relay',
      (it) => it.stop('relay'),
      /relay \(home\): visitors get 502.*nothing listens on 127\.0\.88\.10 port/,
    ],
    [
      '502: the app stopped',
      (it) => it.stop('app'),
      /app \(app\): visitors get 502.*refuses connections at 127\.0\.0\.1/,
    ],
    [
      '504: the app hanging',
      (it) => {
        it.answer = () => undefined;
      },
      /app \(app\): visitors get 504.*takes connections at 127\.0\.0\.1:\d+, and doesn't answer/,
    ],
    [
      "503 of the app's own",
      (it) => {
        it.answer = (_asked, response) => void response.writeHead(503).end('starting\n');
      },
      /app \(app\): visitors get 503 \("starting"\).*answers 503.*not 200 with "pong"/,
    ],
    [
      'an answer without the text',
      (it) => {
        it.answer = (_asked, response) => void response.end('hello');
      },
      /app \(app\): visitors get 200, without "pong"/,
    ],
  ])('names the first broken hop: %s', async (_name, breaking, hop) => {
    await breaking(door);
    const { exit, findings } = await measure();
    expect(seenAt(findings, 'vps')).toMatch(hop);
    expect(seenAt(findings, 'vps')).toMatch(/^first broken hop: /);
    expect(exit).toBe(3);
  });

  it('waits for an app that only comes up', async () => {
    await door.stop('app');
    const coming = new Promise((settle) => setTimeout(settle, 2_500)).then(() => door.startApp());
    const { exit } = await measure({ within: 15 });
    await coming;
    expect(exit).toBe(0);
  });

  it.each([405, 404, 200])(
    'is a STOP if the app answers %i without taking the upload where it should',
    async (status) => {
      door.answer = (asked, response) => {
        if (asked.method === 'POST') response.writeHead(status).end();
        else response.end('{"res":"pong"}');
      };
      const { exit, findings } = await measure({ upload: { path: '/upload', seconds: 3 } });
      expect(findings.find(({ node }) => node === 'vps')).toMatchObject({
        go: false,
        seen: `an upload of 3 s over IPv4 is not measured: POST /upload gets ${status} before it is sent`,
        fix: 'give the gate an upload.path at which photos takes a POST',
      });
      expect(exit).toBe(3);
    },
  );

  it('is a STOP if an app takes what a visitor writes for its address, or is cut off', async () => {
    door.answer = (_asked, response) => response.end('203.0.113.254 pong');
    const { findings } = await measure({ caller: { path: '/whoami' } });
    expect(seenAt(findings, 'vps')).toContain('a visitor wrote into X-Forwarded-For');
  });
});
