import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { folder } from './folder.js';
import { type KeyPair, makeKey } from './keys.js';

export interface FakeServer {
  readonly port: number;
  readonly hostKey: KeyPair;
  /** Ways of logging in that were tried, in order. */
  readonly logins: string[];
  /** Exec strings, in order. */
  readonly commands: string[];
  /** All that clients wrote to the standard input of execs. */
  readonly input: () => string;
  /** How many connections were opened. */
  readonly connections: () => number;
  readonly clients: readonly Connection[];
  stop(): Promise<void>;
}

export interface FakeOptions {
  readonly hostKeys?: readonly KeyPair[];
  /** What an exec does; by default it is run by the local sh with `env`. */
  readonly onExec?: (channel: ServerChannel, command: string, client: Connection) => void;
  readonly onLogin?: (context: ssh2.AuthContext, accept: () => void) => void;
  readonly env?: Readonly<Record<string, string>>;
  readonly noForwarding?: boolean;
  readonly banner?: string;
}

/** An SSH server within the test, which lets anyone in and keeps a record. */
export async function fakeServer(options: FakeOptions = {}): Promise<FakeServer> {
  const hostKeys = options.hostKeys ?? [makeKey(folder(), 'host')];
  const record = { logins: [] as string[], commands: [] as string[], input: [] as Buffer[], count: 0 };
  const clients: Connection[] = [];
  const server = new ssh2.Server(
    { hostKeys: hostKeys.map(({ text }) => text), banner: options.banner ?? '' },
    (client) => {
      record.count += 1;
      clients.push(client);
      client.on('error', () => undefined);
      client.on('authentication', (context) => {
        record.logins.push(`${context.method} ${context.username}`);
        if (options.onLogin !== undefined) options.onLogin(context, () => context.accept());
        else if (context.method === 'publickey') context.accept();
        else context.reject(['publickey']);
      });
      client.on('tcpip', (accept, reject, { destIP, destPort }) => {
        if (options.noForwarding) return reject?.();
        const onward = connect(destPort, destIP);
        onward.once('error', () => reject?.());
        onward.once('connect', () => {
          const channel = accept();
          channel.on('error', () => undefined);
          channel.pipe(onward).pipe(channel);
          channel.on('close', () => onward.destroy());
        });
      });
      client.on('session', (accept) => {
        accept().on('exec', (acceptExec, _reject, { command }) => {
          record.commands.push(command);
          const channel = acceptExec();
          channel.on('data', (chunk: Buffer) => record.input.push(chunk));
          channel.on('error', () => undefined);
          if (options.onExec !== undefined) options.onExec(channel, command, client);
          else runLocally(channel, command, options.env ?? {});
        });
      });
    },
  );
  // ssh2's own listener leaves Nagle on, which costs 40 ms a turn.
  const listener = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const [hostKey] = hostKeys;
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  if (hostKey === undefined) throw new Error('a server needs a host key');
  return {
    port: address.port,
    hostKey,
    logins: record.logins,
    commands: record.commands,
    input: () => Buffer.concat(record.input).toString(),
    connections: () => record.count,
    clients,
    stop: async () => {
      for (const client of clients) client.end();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

export function runLocally(
  channel: ServerChannel,
  command: string,
  env: Readonly<Record<string, string>>,
): void {
  const child = spawn('/bin/sh', ['-c', command], { env: { PATH: process.env['PATH'] ?? '', ...env } });
  child.stdin.on('error', () => undefined);
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on('close', (code) => {
    channel.exit(code ?? 255);
    channel.end();
  });
  channel.on('close', () => {
    child.stdout.destroy();
    child.stderr.destroy();
    child.kill('SIGKILL');
  });
}
