import { createServer, type Server, type Socket } from 'node:net';
import { holdPort } from '../../src/lab/network/held-port.js';
import { failure } from './support/collect.js';
import { type FakeServer, fakeServer } from './support/fake-server.js';
import { folder } from './support/folder.js';
import { makeKey } from './support/keys.js';
import { connect, nodeOf } from './support/login.js';

const hostKey = makeKey(folder(), 'host');
const open: { close: () => Promise<void> | void }[] = [];

afterEach(async () => {
  for (const { close } of open.splice(0)) await close();
});

/** A listener that isn’t an SSH server, and how often it was called. */
async function raw(
  onSocket: (socket: Socket) => void,
): Promise<{ port: number; hostKey: typeof hostKey; calls: () => number }> {
  const sockets = new Set<Socket>();
  let calls = 0;
  const server: Server = createServer((socket) => {
    calls += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, hostKey, calls: () => calls };
}

describe('machines that can’t be logged into', () => {
  it('reports a port that is refused, after trying again', async () => {
    const { port, release } = await holdPort();
    open.push({ close: release });
    const { error, text } = await failure(connect(nodeOf({ port, hostKey })));
    expect(error.code).toBe('E_SSH_REFUSED');
    expect(text).toContain(`127.0.0.1 port ${port} refuses connections`);
    expect(text).toContain('ssh.port');
    expect(error.details.node).toBe('edge');
  });

  it('reports a name that does not resolve', async () => {
    // With an empty label there is nothing to ask a DNS server, which might be silent.
    const host = 'no-such-host..invalid';
    const { error, text } = await failure(connect(nodeOf({ port: 22, hostKey }, { host })));
    expect(error.code).toBe('E_SSH_UNRESOLVED');
    expect(text).toContain(`${host} port 22 does not resolve`);
  });

  it('reports one that says nothing', async () => {
    const server = await raw(() => undefined);
    const { error, text } = await failure(connect(nodeOf(server), { connectTimeoutMs: 1000 }));
    expect(error.code).toBe('E_SSH_TIMEOUT');
    expect(text).toContain('accepts connections but sends nothing within 1 s');
    expect(server.calls()).toBe(1);
  });

  it('reports one that stops after its name', async () => {
    const server = await raw((socket) => socket.write('SSH-2.0-tarpit\r\n'));
    const { error, text } = await failure(connect(nodeOf(server), { connectTimeoutMs: 1000 }));
    expect(error.code).toBe('E_SSH_TIMEOUT');
    expect(text).toContain('did not finish the key exchange');
    expect(text).toContain('it sent: SSH-2.0-tarpit');
  });

  it('reports one that drips a byte at a time', async () => {
    const server = await raw((socket) => {
      const drip = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const { error } = await failure(connect(nodeOf(server), { connectTimeoutMs: 200 }));
    expect(error.code).toBe('E_SSH_TIMEOUT');
  });

  it('reports another service, and removes terminal escapes from its text', async () => {
    const server = await raw((socket) =>
      socket.end('HTTP/1.1 400 \x1b]0;owned\x07Bad\x1b[31m Request\r\n\r\n'),
    );
    const { error, text } = await failure(connect(nodeOf(server)));
    expect(text).toContain('it sent: HTTP/1.1 400 Bad Request');
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
    expect(['E_SSH_PROTOCOL', 'E_SSH_REFUSED']).toContain(error.code);
  });

  it('gives up on a banner without end, within bounded memory', async () => {
    const line = `${'b'.repeat(8000)}\r\n`;
    const server = await raw((socket) => {
      const pour = () => {
        while (!socket.destroyed && socket.write(line));
      };
      socket.on('drain', pour);
      pour();
    });
    const before = process.memoryUsage().rss;
    const { error } = await failure(connect(nodeOf(server)));
    expect(error.code).toBe('E_SSH_PROTOCOL');
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
  });

  it('calls again a machine that hung up before the key exchange, twice, and then says why that may be', async () => {
    const server = await raw((socket) => socket.end('Exceeded MaxStartups\r\n'));
    const { error, text } = await failure(connect(nodeOf(server)));
    expect(error.code).toBe('E_SSH_REFUSED');
    expect(text).toContain('MaxStartups');
    expect(server.calls()).toBe(3);
  });

  it('never calls again one that punishes the address', async () => {
    const server = await raw((socket) => socket.end('Not allowed at this time\r\n'));
    const { text } = await failure(connect(nodeOf(server)));
    expect(text).toContain('it sent: Not allowed at this time');
    expect(server.calls()).toBe(1);
  });

  it('comes through when a second call is let in', async () => {
    const server = await fake();
    let first = true;
    const door = await raw((socket) => {
      if (first) {
        first = false;
        socket.end();
        return;
      }
      const onward = new (socket.constructor as typeof Socket)();
      onward.on('error', () => socket.destroy());
      onward.connect(server.port, '127.0.0.1');
      socket.pipe(onward).pipe(socket);
    });
    const connection = await connect(nodeOf({ port: door.port, hostKey: server.hostKey }));
    await connection.close();
    expect(door.calls()).toBe(2);
  });

  it('never tries a refused login again', async () => {
    const server = await fake({ onLogin: (context) => context.reject(['password']) });
    const { error, text } = await failure(connect(nodeOf(server)));
    expect(error.code).toBe('E_SSH_AUTH');
    expect(text).toContain('it accepts password');
    expect(server.connections()).toBe(1);
    expect(server.logins).toEqual(['publickey ops']);
  });

  it('reports a login that is never answered', async () => {
    const server = await fake({ onLogin: () => undefined });
    const { error, text } = await failure(connect(nodeOf(server), { connectTimeoutMs: 3000 }));
    expect(error.code).toBe('E_SSH_TIMEOUT');
    expect(text).toContain('did not finish the login');
  });

  it('says when a key is not enough', async () => {
    const server = await fake({
      onLogin: (context) => context.reject(['keyboard-interactive'], context.method === 'publickey'),
    });
    const { text } = await failure(connect(nodeOf(server)));
    expect(text).toContain('a key alone is not enough there');
  });

  it('can be interrupted while it connects', async () => {
    const server = await raw(() => undefined);
    const { transport } = await import('./support/collect.js');
    const { makeInventory } = await import('./support/inventory.js');
    const node = nodeOf(server);
    const ssh = transport({ inventory: makeInventory([node]), home: folder() });
    const { error } = await failure(ssh.connect(node, AbortSignal.timeout(100)));
    expect(error.code).toBe('E_INTERRUPTED');
  });
});

async function fake(options: Parameters<typeof fakeServer>[0] = {}): Promise<FakeServer> {
  const server = await fakeServer(options);
  open.push({ close: () => server.stop() });
  return server;
}
