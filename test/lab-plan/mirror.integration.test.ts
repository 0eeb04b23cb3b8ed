import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mirrorObstacle } from '../../src/lab/host/mirror.js';

let server: Server;
let asked: string[];
let status: number | undefined;
beforeEach(async () => {
  asked = [];
  status = 200;
  server = createServer((request, reply) => {
    asked.push(`${request.method} ${request.url} ${request.headers.host}`);
    if (status !== undefined) reply.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const at = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;

describe('what keeps packages from being installed', () => {
  it('is nothing where the mirror answers', async () => {
    const mirror = `http://${at()}/debian/`;
    expect(await mirrorObstacle({ BRIDGEHEAD_LAB_MIRROR: mirror })).toBeUndefined();
    expect(asked).toEqual([`HEAD /debian/dists/bookworm/InRelease ${at()}`]);
  });

  it('is asked through the proxy that the host has', async () => {
    expect(await mirrorObstacle({ http_proxy: `http://${at()}` })).toBeUndefined();
    expect(asked).toEqual(['HEAD http://deb.debian.org/debian/dists/bookworm/InRelease deb.debian.org']);
  });

  it('is a mirror that refuses, that is silent, or that is not there', async () => {
    const mirror = `http://${at()}/debian`;
    status = 503;
    expect(await mirrorObstacle({ BRIDGEHEAD_LAB_MIRROR: mirror })).toBe(
      `the Debian mirror ${mirror} answers with status 503`,
    );
    status = undefined;
    expect(await mirrorObstacle({ BRIDGEHEAD_LAB_MIRROR: mirror })).toBe(
      `the Debian mirror ${mirror} can't be reached: no answer in 3 s`,
    );
    expect(await mirrorObstacle({ BRIDGEHEAD_LAB_MIRROR: 'http://127.0.0.1:1/debian' })).toBe(
      "the Debian mirror http://127.0.0.1:1/debian can't be reached: no connection",
    );
  });
});
