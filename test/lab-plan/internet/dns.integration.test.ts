import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordText } from '../../../src/lab/internet/dns.js';
import server from '../../../src/lab/internet/dns.pl';

const folder = mkdtempSync(join(tmpdir(), 'bridgehead-dns-'));
const record = (place: 'set' | 'planned', name: string, text: string) =>
  writeFileSync(join(folder, place, name), text);
let port: number;
let running: ChildProcess;

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const { port: free } = socket.address();
  socket.close();
  return free;
}

const ask = (address: string, name: string, type: string) => {
  // A busy machine may be slow to answer; only silence is waited for.
  const timeout = name.startsWith('mute.') ? 1_500 : 8_000;
  const resolver = new Resolver({ timeout, tries: 1 });
  resolver.setServers([`${address}:${port}`]);
  return resolver.resolve(name, type).catch((error: NodeJS.ErrnoException) => error.code);
};

/** Whether the server answers at a port that was free a moment ago; something else may have it by TCP. */
async function serves(): Promise<boolean> {
  port = await freePort();
  const places = ['set', 'planned'].map((place) => join(folder, place));
  running = spawn('perl', ['-e', server, ...places, '--', String(port), '127.0.0.1', '::1'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  while (running.exitCode === null && running.signalCode === null) {
    if (Array.isArray(await ask('127.0.0.1', 'photos.example.com', 'A'))) return true;
    await sleep(100);
  }
  return false;
}

beforeAll(async () => {
  for (const place of ['set', 'planned']) mkdirSync(join(folder, place));
  record('planned', 'photos.example.com.A', recordText(['192.0.2.1']));
  record('planned', 'photos.example.com.AAAA', recordText(['2001:db8::1']));
  record('planned', '*.example.com.A', recordText(['192.0.2.9']));
  record('planned', 'www.example.com.CNAME', recordText(['photos.example.com']));
  record('planned', 'text.example.com.TXT', recordText(['one', 'x'.repeat(600)]));
  record('planned', 'bad.example.org.A', recordText('servfail'));
  record('planned', 'mute.example.org.A', recordText('silence'));
  for (let tries = 0; tries < 5; tries += 1) if (await serves()) return;
  throw new Error('the server never answered');
});
afterAll(() => {
  running.kill();
  rmSync(folder, { recursive: true });
});

describe("the DNS of the lab's internet", () => {
  it.each([
    ['photos.example.com', 'A', ['192.0.2.1']],
    ['PHOTOS.Example.com', 'AAAA', ['2001:db8::1']],
    ['www.example.com', 'A', ['192.0.2.1']],
    ['other.example.com', 'A', ['192.0.2.9']],
    ['other.example.com', 'AAAA', 'ENODATA'],
    ['deep.other.example.com', 'A', 'ENOTFOUND'],
    ['text.example.com', 'TXT', [['one'], ['x'.repeat(600)]]],
    ['nowhere.example.net', 'A', 'ENOTFOUND'],
    ['bad.example.org', 'A', 'ESERVFAIL'],
    ['mute.example.org', 'A', 'ETIMEOUT'],
    ['example.com', 'NS', ['dns.lab.example']],
  ])('answers %s %s on both families', async (name, type, expected) => {
    const flat = (answer: unknown) =>
      type === 'TXT' ? (answer as string[][]).map((one) => [one.join('')]) : answer;
    expect(flat(await ask('127.0.0.1', name, type))).toEqual(expected);
    expect(flat(await ask('[::1]', name, type))).toEqual(expected);
  });

  it('answers by what was set, at once, and late if that says so', async () => {
    record('set', 'photos.example.com.A', recordText(['192.0.2.66'], 400));
    const began = Date.now();
    expect(await ask('127.0.0.1', 'photos.example.com', 'A')).toEqual(['192.0.2.66']);
    expect(Date.now() - began).toBeGreaterThanOrEqual(390);
    rmSync(join(folder, 'set', 'photos.example.com.A'));
    expect(await ask('127.0.0.1', 'photos.example.com', 'A')).toEqual(['192.0.2.1']);
  });

  it('survives what is no question', async () => {
    const socket = createSocket('udp4');
    const junk = [
      '',
      'x',
      '\0'.repeat(12),
      `${'\0'.repeat(5)}\x01${'\0'.repeat(6)}\x3fabc`,
      'y'.repeat(2000),
    ];
    for (const text of junk) {
      await new Promise((done) => socket.send(Buffer.from(text, 'latin1'), port, '127.0.0.1', done));
    }
    socket.close();
    const connection = connect(port, '127.0.0.1');
    await new Promise((done) => connection.end('\0\x05ab', () => done(undefined)));
    expect(await ask('127.0.0.1', 'photos.example.com', 'A')).toEqual(['192.0.2.1']);
  });
});
