import type { Socket } from 'node:net';
import type { Connection as ServerConnection } from 'ssh2';
import { collect, failure } from './support/collect.js';
import { type FakeOptions, type FakeServer, fakeServer } from './support/fake-server.js';
import { connect, nodeOf } from './support/login.js';

const servers: FakeServer[] = [];

afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

async function login(options: FakeOptions = {}, keepaliveMs = 5000) {
  const server = await fakeServer(options);
  servers.push(server);
  return { server, connection: await connect(nodeOf(server, { user: 'root' }), { keepaliveMs }) };
}

/** Says what a root shell says when it begins, as the exec string asks. */
function ready(command: string): string {
  return `${/echo (bh\w+:ready:root)/.exec(command)?.[1]}\n`;
}

describe('one program', () => {
  it('transfers five megabytes of text completely', async () => {
    const { connection } = await login();
    const text = 'ü'.repeat(2_500_000);
    const program = `wc -c <<'END'\n${text}\nEND\n`;
    expect((await collect(connection, program, { deadlineMs: 20_000 })).stdout.trim()).toBe('5000001');
  });

  it('keeps characters intact at the edge of a chunk', async () => {
    const bytes = Buffer.from('grüße ✓ 😀');
    const { connection } = await login({
      onExec: (channel, command) => {
        channel.stderr.write(ready(command));
        for (const byte of bytes) channel.write(Buffer.from([byte]));
        channel.exit(0);
        channel.end();
      },
    });
    expect((await collect(connection, '')).stdout).toBe('grüße ✓ 😀');
  });

  it('keeps what the program writes to stderr, whatever comes in the packet of the mark', async () => {
    const { connection } = await login({
      onExec: (channel, command) => {
        channel.stderr.write(`motd noise ${ready(command)}first\n`);
        channel.stderr.write('second\n');
        channel.exit(0);
        channel.end();
      },
    });
    expect((await collect(connection, '')).stderr).toBe('first\nsecond\n');
  });

  it('cuts off 200 MB of output with little memory', async () => {
    const { connection } = await login();
    let kept = 0;
    const before = process.memoryUsage().rss;
    const flood = connection.run('head -c 200000000 /dev/zero', {
      deadlineMs: 20_000,
      maxBytes: 1 << 20,
      onStdout: (chunk) => {
        kept += chunk.length;
      },
    });
    const { error, text } = await failure(flood);
    expect(error.code).toBe('E_REMOTE_FLOOD');
    expect(text).toContain('edge wrote more than 1048576 bytes to stdout');
    expect(kept).toBeLessThanOrEqual(1 << 20);
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    expect((await collect(connection, 'echo still here')).stdout).toBe('still here\n');
  });

  it('counts stderr apart', async () => {
    const { connection } = await login();
    const { error, text } = await failure(
      collect(connection, 'head -c 5000 /dev/zero >&2', { maxBytes: 4000 }),
    );
    expect(error.code).toBe('E_REMOTE_FLOOD');
    expect(text).toContain('to stderr');
  });

  it('cuts off noise without end before the shell begins', async () => {
    const { connection } = await login({
      onExec: (channel) => {
        const pour = () => {
          while (!channel.destroyed && channel.stderr.write(Buffer.alloc(65536, 'x')));
        };
        channel.stderr.on('drain', pour);
        pour();
      },
    });
    expect((await failure(collect(connection, ''))).error.code).toBe('E_REMOTE_FLOOD');
  });

  it.each([
    ['is cut', (client: ServerConnection) => client.end()],
    [
      'is reset',
      (client: ServerConnection) =>
        (client as unknown as { _sock: { resetAndDestroy(): void } })._sock.resetAndDestroy(),
    ],
  ])('never succeeds when the connection %s, before or after the exit status', async (_name, cut) => {
    for (const status of [false, true]) {
      const { connection } = await login({
        onExec: (channel, command, client) => {
          channel.stderr.write(ready(command));
          channel.write('half of it');
          if (status) channel.exit(0);
          setTimeout(() => cut(client), 30);
        },
      });
      const { error, text } = await failure(collect(connection, ''));
      expect(error.code).toBe('E_CONNECTION_LOST');
      expect(text).toContain('edge');
      expect((await failure(collect(connection, ''))).error.code).toBe('E_CONNECTION_LOST');
    }
  });

  it('notices a machine that has gone silent', async () => {
    const { server, connection } = await login(
      { onExec: (channel, command) => channel.stderr.write(ready(command)) },
      50,
    );
    const run = failure(collect(connection, ''));
    const { _sock: socket } = server.clients[0] as unknown as { _sock: Socket };
    socket.pause();
    const { error, text } = await run;
    expect(error.code).toBe('E_CONNECTION_LOST');
    expect(text).toContain('Keepalive timeout');
    socket.destroy();
  });

  it('survives a reset while nothing runs', async () => {
    const { server, connection } = await login();
    const [client] = server.clients;
    (client as unknown as { _sock: { resetAndDestroy(): void } })._sock.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await failure(collect(connection, 'true'))).error.code).toBe('E_CONNECTION_LOST');
    await connection.close();
  });

  it('fails when the session ends without a status, or by a signal', async () => {
    for (const end of [undefined, 'KILL']) {
      const { connection } = await login({
        onExec: (channel, command) => {
          channel.stderr.write(ready(command));
          if (end !== undefined) channel.exit(end);
          channel.end();
        },
      });
      const { error, text } = await failure(collect(connection, ''));
      expect(error.code).toBe('E_REMOTE_GARBLED');
      expect(text).toContain(end === undefined ? 'without an exit status' : 'ended by SIGKILL');
    }
  });

  it('fails when no shell begins, and shows what was said instead', async () => {
    const { connection } = await login({
      onExec: (channel) => {
        channel.write('This account is currently not available.\n');
        channel.exit(1);
        channel.end();
      },
    });
    const { error, text } = await failure(collect(connection, 'echo in'));
    expect(error.code).toBe('E_LOGIN_SHELL');
    expect(text).toContain('This account is currently not available.');
  });

  it('ends in time on a machine that hangs, and does not spoil the next program', async () => {
    const { server, connection } = await login();
    const started = performance.now();
    const { error, text } = await failure(collect(connection, 'echo said; sleep 30', { deadlineMs: 250 }));
    expect(error.code).toBe('E_REMOTE_TIMEOUT');
    expect(text).toContain('edge did not finish within 0.25 s');
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(server.commands[0]).toContain('timeout -k 5 1 sh -c');
    expect((await collect(connection, 'echo next')).stdout).toBe('next\n');
  });

  it('is ended by the machine itself, too', async () => {
    const { connection } = await login();
    const started = performance.now();
    const { error } = await failure(collect(connection, 'sleep 30', { deadlineMs: 1000 }));
    expect(error.code).toBe('E_REMOTE_TIMEOUT');
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('takes 124 for what it is when there was time left', async () => {
    const { connection } = await login();
    expect((await collect(connection, 'exit 124')).code).toBe(124);
  });

  it('can be interrupted', async () => {
    const { connection } = await login();
    const { error } = await failure(collect(connection, 'sleep 30', { signal: AbortSignal.timeout(100) }));
    expect(error.code).toBe('E_INTERRUPTED');
    const late = await failure(collect(connection, 'echo no', { signal: AbortSignal.abort() }));
    expect(late.error.code).toBe('E_INTERRUPTED');
  });

  it('ends with what the reader of its output throws', async () => {
    const { connection } = await login();
    const boom = new Error('boom');
    const onStdout = () => {
      throw boom;
    };
    await expect(connection.run('echo x', { deadlineMs: 3000, maxBytes: 100, onStdout })).rejects.toBe(boom);
  });

  it('runs several at once on one connection', async () => {
    const { server, connection } = await login();
    const replies = await Promise.all([1, 2, 3, 4].map((id) => collect(connection, `echo ${id}`)));
    expect(replies.map(({ stdout }) => stdout)).toEqual(['1\n', '2\n', '3\n', '4\n']);
    expect(server.connections()).toBe(1);
  });
});
