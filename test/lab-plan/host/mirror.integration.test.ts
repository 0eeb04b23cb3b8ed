import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ensureMirror, mirrorObstacle } from '../../../src/lab/host/mirror.js';

let server: Server;
let asked: string[];
let login: string | undefined;
let status: number | undefined;
beforeEach(async () => {
  asked = [];
  login = undefined;
  status = 200;
  server = createServer((request, reply) => {
    asked.push(`${request.method} ${request.url} ${request.headers.host}`);
    login = request.headers.authorization;
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

  it('is nothing that passes while it is asked again', async () => {
    status = 502;
    server.once('request', () => {
      status = 200;
    });
    expect(await mirrorObstacle({ BRIDGEHEAD_LAB_MIRROR: `http://${at()}/debian/` })).toBeUndefined();
    expect(asked).toHaveLength(2);
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
    expect(await mirrorObstacle({ BRIDGEHEAD_LAB_MIRROR: mirror }, 300)).toBe(
      `the Debian mirror ${mirror} can't be reached: no answer in 0.3 s`,
    );
    expect(await mirrorObstacle({ BRIDGEHEAD_LAB_MIRROR: 'http://127.0.0.1:1/debian' })).toBe(
      "the Debian mirror http://127.0.0.1:1/debian can't be reached: no connection",
    );
  });

  it('is an address that is none, without its password', async () => {
    expect(await mirrorObstacle({ BRIDGEHEAD_LAB_MIRROR: 'http://me:hunt/er2@mirror:99999/debian' })).toBe(
      'BRIDGEHEAD_LAB_MIRROR=http://[redacted]@mirror:99999/debian is not an address such as http://mirror.example/debian',
    );
  });

  it.each([false, true])('is asked with the login in its address; through a proxy: %s', async (hasProxy) => {
    status = 401;
    const env = hasProxy ? { http_proxy: `http://${at()}` } : {};
    const host = hasProxy ? 'mirror.test' : at();
    expect(await mirrorObstacle({ ...env, BRIDGEHEAD_LAB_MIRROR: `http://me:s%40x@${host}/debian` })).toBe(
      `the Debian mirror http://[redacted]@${host}/debian answers with status 401`,
    );
    const path = `${hasProxy ? `http://${host}` : ''}/debian/dists/bookworm/InRelease`;
    expect(asked).toEqual([`HEAD ${path} ${host}`]);
    expect(login).toBe(`Basic ${Buffer.from('me:s@x').toString('base64')}`);
  });

  it('is asked at an IPv6 address', async () => {
    const port = await new Promise<number>((resolve, reject) => {
      server.close();
      server.once('error', reject);
      server.listen(0, '::1', () => resolve((server.address() as AddressInfo).port));
    });
    const mirror = `http://[::1]:${port}/debian`;
    expect(await mirrorObstacle({ BRIDGEHEAD_LAB_MIRROR: mirror })).toBeUndefined();
    expect(asked).toEqual([`HEAD /debian/dists/bookworm/InRelease [::1]:${port}`]);
  });

  it('is Debian’s own where the variable is empty', async () => {
    const env = { BRIDGEHEAD_LAB_MIRROR: '', http_proxy: `http://${at()}` };
    expect(await mirrorObstacle(env)).toBeUndefined();
    expect(asked).toEqual(['HEAD http://deb.debian.org/debian/dists/bookworm/InRelease deb.debian.org']);
  });
});

describe('before a lab boots', () => {
  const NOWHERE = { BRIDGEHEAD_LAB_MIRROR: 'http://127.0.0.1:1/debian' };
  const evidence = "the Debian mirror http://127.0.0.1:1/debian can't be reached: no connection";
  let log: string[];
  const ensure = (unbuilt: readonly string[], installs: boolean, env: NodeJS.ProcessEnv = NOWHERE) =>
    ensureMirror({ unbuilt, installs }, (line) => log.push(line), env);
  beforeEach(() => {
    log = [];
  });

  it('a mirror that is needed must answer', async () => {
    const refusal = (unbuilt: readonly string[], installs: boolean) =>
      ensure(unbuilt, installs).then(
        () => undefined,
        ({ code, message, details }) => ({ code, message, evidence: details.evidence }),
      );
    expect(await refusal([], true)).toEqual({
      code: 'E_LAB',
      message: 'the machines could not install packages; nothing was booted',
      evidence,
    });
    expect(await refusal(['the base image of Debian bookworm'], false)).toEqual({
      code: 'E_LAB',
      message: 'cannot build the base image of Debian bookworm; nothing was booted',
      evidence,
    });
    expect(log).toEqual([]);
  });

  it('one that is not is only missed', async () => {
    await ensure([], false);
    expect(log).toEqual([`warning: ${evidence}; the machines can't install packages`]);
  });

  it('nothing is said of one that answers', async () => {
    await ensure(['x'], true, { BRIDGEHEAD_LAB_MIRROR: `http://${at()}/debian` });
    expect(log).toEqual([]);
  });
});
