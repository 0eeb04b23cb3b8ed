import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import program from '../../src/lab/machine/stand-in.pl';
import { type HeldPort, holdPort } from '../../src/lab/network/held-port.js';
import { standInSettings } from '../../src/lab/topology/stand-ins.js';

const folder = mkdtempSync(join(tmpdir(), 'bridgehead-stand-in-'));
const running: ChildProcess[] = [];

const held: HeldPort[] = [];

const lives = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

/** Starts one at a port that nothing else gets; resolves when it listens there. */
async function start(protocol: 'http' | 'tcp'): Promise<number> {
  const port = await holdPort();
  held.push(port);
  const child = run(protocol, port.port);
  while (lives(child)) {
    const socket = connect(port.port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return port.port;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${port.port}`);
}

function run(protocol: 'http' | 'tcp' | 'udp', port: number): ChildProcess {
  const file = join(folder, protocol);
  const page = { path: '/api/server/ping', status: 203, text: 'pong' };
  writeFileSync(
    file,
    standInSettings({ name: 'photos', node: 'n', protocol, port, address: '127.0.0.1', page }),
  );
  const child = spawn('perl', ['-e', program, file], { stdio: ['ignore', 'ignore', 'inherit'] });
  running.push(child);
  return child;
}

/** What comes back over UDP, from a port that was free; if somebody else has it by then, from another one. */
async function echo(sent: string): Promise<string> {
  for (let tries = 0; tries < 5; tries += 1) {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    await new Promise<void>((closed) => socket.close(closed));
    const child = run('udp', port);
    const asking = createSocket('udp4');
    const answer = once(asking, 'message').then(([text]) => String(text));
    while (lives(child)) {
      asking.send(sent, port, '127.0.0.1');
      const text = await Promise.race([answer, sleep(200, undefined)]);
      if (text === undefined) continue;
      asking.close();
      return text;
    }
    asking.close();
  }
  throw new Error('it does not run on any port');
}

/** All that comes after something was sent, until the server closes the connection or enough has come. */
async function exchange(
  port: number,
  sent: string | Buffer,
  enough = Number.POSITIVE_INFINITY,
): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  socket.write(sent);
  const parts: Buffer[] = [];
  for await (const part of socket) {
    parts.push(part as Buffer);
    if (Buffer.concat(parts).length >= enough) break;
  }
  return Buffer.concat(parts);
}

let http: number;
beforeAll(async () => {
  http = await start('http');
});
afterAll(() => {
  for (const process of running) process.kill();
  for (const { release } of held) release();
  rmSync(folder, { recursive: true });
});

const request = (line: string, headers = '', body = '') =>
  exchange(http, `${line} HTTP/1.1\r\nHost: a\r\n${headers}\r\n${body}`).then((answer) => answer.toString());

describe('a stand-in of an app', () => {
  it('answers its page as wanted, and says who asked for whom', async () => {
    const page = await request('GET /api/server/ping?x=1', 'X-Forwarded-For: 192.0.2.7\r\n');
    expect(page).toMatch(/^HTTP\/1\.1 203 /);
    expect(page).toMatch(
      /\r\n\r\npong\nthis is photos; you came from 127\.0\.0\.1; x-forwarded-for 192\.0\.2\.7\n$/,
    );
    expect(await request('GET /')).toMatch(
      /^HTTP\/1\.1 200 [\s\S]*this is photos; you came from 127\.0\.0\.1\n$/,
    );
  });

  it('takes uploads with a size or in chunks', async () => {
    const big = 'x'.repeat(300_000);
    const sized = await request('POST /api/assets', `Content-Length: ${big.length}\r\n`, big);
    expect(sized).toContain('\r\n\r\n300000 bytes; this is photos');
    const chunks = `5\r\nhello\r\n${(7).toString(16)};x=y\r\nthere\r\n\r\n0\r\n\r\n`;
    const chunked = await request('PUT /a', 'Transfer-Encoding: chunked\r\n', chunks);
    expect(chunked).toContain('\r\n\r\n12 bytes; ');
  });

  it('streams', async () => {
    const began = Date.now();
    const stream = await request('GET /Videos/1/stream?seconds=1');
    expect(Date.now() - began).toBeGreaterThanOrEqual(900);
    expect(stream.length).toBeGreaterThan(5 * 1316);
    expect(stream.endsWith('0\r\n\r\n')).toBe(true);
  });

  it('echoes what a websocket sends', async () => {
    const upgrade = `GET /notifications/hub HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
    const mask = Buffer.from([1, 2, 3, 4]);
    const frame = (code: number, text: string) => {
      const size = text.length < 126 ? [0x80 | text.length] : [0xfe, text.length >> 8, text.length & 255];
      const masked = Buffer.from(text).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
      return Buffer.concat([Buffer.from([0x80 | code, ...size]), mask, masked]);
    };
    const long = 'y'.repeat(1000);
    const sent = Buffer.concat([
      Buffer.from(upgrade),
      ...[frame(1, 'hello'), frame(9, 'ping'), frame(1, long), frame(8, '')],
    ]);
    const got = (await exchange(http, sent)).toString('latin1');
    const [head, frames] = got.split('\r\n\r\n');
    expect(head).toContain('101 Switching Protocols');
    expect(head).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(frames).toBe(`\x81\x05hello\x8a\x04ping\x81\x7e\x03\xe8${long}\x88\x00`);
  });

  it('shows who connects over TCP and UDP, and echoes', async () => {
    const tcp = await start('tcp');
    expect((await exchange(tcp, 'hello\n', 23)).toString()).toBe('photos 127.0.0.1\nhello\n');
    expect(await echo('hello')).toBe('photos 127.0.0.1 hello');
  });
});
