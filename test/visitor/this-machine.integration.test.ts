import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { thisMachine } from '../../src/visitor/this-machine.js';
import { dnsServer } from '../support/dns-server.js';

const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'it succeeded',
    (error: NodeJS.ErrnoException) => error.code ?? error.name,
  );

describe('this machine as a visitor', () => {
  const visitor = thisMachine(new AbortController().signal);

  it('asks DNS servers for either family, and answers with nothing if there is nothing', async () => {
    const dns = await dnsServer({ 'photos.example.com': { A: ['192.0.2.7'], AAAA: ['2001:db8::7'] } });
    try {
      expect(await visitor.resolve('photos.example.com', 4, [dns.address])).toEqual(['192.0.2.7']);
      expect(await visitor.resolve('photos.example.com', 6, [dns.address])).toEqual(['2001:db8::7']);
      expect(await visitor.resolve('other.example.com', 4, [dns.address])).toEqual([]);
    } finally {
      await dns.close();
    }
  });

  describe('with a TCP server', () => {
    let server: Server;
    let port: number;
    beforeEach(async () => {
      server = createServer((socket) => socket.end('hello'));
      await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
      port = (server.address() as { port: number }).port;
    });
    afterEach(() => new Promise((settle) => server.close(settle)));

    it('connects, and is refused once nothing listens', async () => {
      const socket = await visitor.connect({ address: '127.0.0.1', port }, 2_000);
      expect((await socket.toArray()).join('')).toBe('hello');
      await new Promise((settle) => server.close(settle));
      expect(await code(visitor.connect({ address: '127.0.0.1', port }, 2_000))).toBe('ECONNREFUSED');
      await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    });

    it('connects no more once it is aborted', async () => {
      const ended = thisMachine(AbortSignal.abort());
      expect(await code(ended.connect({ address: '127.0.0.1', port }, 2_000))).toBe(20);
    });
  });

  describe('with a UDP server', () => {
    let server: Datagrams;
    let port: number;
    beforeEach(async () => {
      server = createSocket('udp4');
      await new Promise<void>((settle) => server.bind(0, '127.0.0.1', settle));
      port = server.address().port;
    });
    afterEach(() => server.close());

    it('gets an answer, and waits no longer than it may', async () => {
      const ask = () => visitor.exchange({ address: '127.0.0.1', port }, Buffer.from('ping'), 300);
      expect(await code(ask())).toBe('ETIMEDOUT');
      server.on('message', (text, { port: from }) => server.send(`${text} pong`, from, '127.0.0.1'));
      expect(String(await ask())).toBe('ping pong');
    });
  });
});
