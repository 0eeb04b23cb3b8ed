import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TcpProxy } from './tcp-proxy.js';

let server: Server;
let proxy: TcpProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  server = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await TcpProxy.listen(0, { host: '127.0.0.1', port: (server.address() as AddressInfo).port });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  proxy.close();
  server.close();
});

async function dial(): Promise<Socket> {
  const client = connect(proxy.port, '127.0.0.1');
  clients.push(client);
  await once(client, 'connect');
  return client;
}

/** What comes back within some time of saying a word: the word, `silence`, or the code of an error. */
async function say(client: Socket, word: string, ms = 10_000): Promise<string> {
  const heard = once(client, 'data').then(
    ([chunk]) => String(chunk),
    (error: NodeJS.ErrnoException) => error.code ?? 'error',
  );
  client.write(word);
  const giveUp = new AbortController();
  const silence = sleep(ms, 'silence', { signal: giveUp.signal }).catch(() => 'silence');
  return Promise.race([heard, silence]).finally(() => giveUp.abort());
}

/** Whether nothing comes back for a while. */
const isSilent = async (client: Socket, word: string): Promise<boolean> =>
  (await say(client, word, 300)) === 'silence';

describe('a line through the proxy', () => {
  it('passes both ways', async () => {
    expect(await say(await dial(), 'a')).toBe('a');
  });

  it('resets what is open, and lets new ones pass', async () => {
    const old = await dial();
    await say(old, 'a');
    const broken = once(old, 'error');
    proxy.set({ kind: 'reset' });
    expect((await broken)[0]).toMatchObject({ code: 'ECONNRESET' });
    expect(await say(await dial(), 'b')).toBe('b');
  });

  it('resets new ones as well when asked to', async () => {
    proxy.set({ kind: 'reset', and: 'new' });
    const said = dial().then(
      (client) => say(client, 'a'),
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(await said).toBe('ECONNRESET');
  });

  it('swallows everything in a black hole, and delivers it afterwards', async () => {
    const old = await dial();
    await say(old, 'a');
    proxy.set({ kind: 'black-hole' });
    expect(await isSilent(old, 'b')).toBe(true);
    expect(await isSilent(await dial(), 'c')).toBe(true);
    const late = once(old, 'data');
    proxy.set({ kind: 'pass' });
    expect(String((await late)[0])).toBe('b');
  });

  it('swallows only new connections', async () => {
    const old = await dial();
    await say(old, 'a');
    proxy.set({ kind: 'black-hole', only: 'new' });
    expect(await isSilent(await dial(), 'c')).toBe(true);
    expect(await say(old, 'b')).toBe('b');
  });

  it('delays each way', async () => {
    proxy.set({ kind: 'delay', ms: 60 });
    const started = performance.now();
    expect(await say(await dial(), 'a')).toBe('a');
    expect(performance.now() - started).toBeGreaterThanOrEqual(115);
  });
});
