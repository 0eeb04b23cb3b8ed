import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { connect as dial, isIPv6, type Socket } from 'node:net';
import type { Family, SocketAddress, Visitor } from './visitor.js';

const DNS_TIMEOUT_MS = 2_000;
const DNS_TRIES = 2;
/** Codes by which a resolver answers that there is no such name, or none of that type. */
const NOTHING = new Set(['ENOTFOUND', 'ENODATA']);

/** The visitor that this machine is. */
export function thisMachine(signal: AbortSignal): Visitor {
  return {
    signal,
    resolve: (name, family, servers) => resolve(signal, { name, family, servers }),
    authorities: (name) => authorities(signal, name),
    connect: (to, ms) => connect(signal, to, ms),
    exchange: (to, payload, ms) => exchange(signal, { to, payload, ms }),
  };
}

function timedOut(what: string, ms: number): NodeJS.ErrnoException {
  return Object.assign(new Error(`${what}: no answer in ${ms / 1000} s`), { code: 'ETIMEDOUT' });
}

/** Cancels the resolver's queries when the signal is aborted. */
async function asked<T>(
  signal: AbortSignal,
  servers: readonly string[] | undefined,
  ask: (resolver: Resolver) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await ask(resolver);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | null)?.code;

async function resolve(
  signal: AbortSignal,
  question: {
    readonly name: string;
    readonly family: Family;
    readonly servers: readonly string[] | undefined;
  },
): Promise<readonly string[]> {
  const { name, family, servers } = question;
  try {
    return await asked(signal, servers, (resolver) =>
      family === 4 ? resolver.resolve4(name) : resolver.resolve6(name),
    );
  } catch (error) {
    if (NOTHING.has(codeOf(error) ?? '')) return [];
    throw error;
  }
}

/** Of the name itself, or of the closest zone above it that the resolvers know. */
async function authorities(signal: AbortSignal, name: string): Promise<readonly string[]> {
  const labels = name.split('.');
  for (let from = 0; from < labels.length - 1; from += 1) {
    try {
      return await asked(signal, undefined, (resolver) => resolver.resolveNs(labels.slice(from).join('.')));
    } catch (error) {
      if (!NOTHING.has(codeOf(error) ?? '')) throw error;
    }
  }
  return [];
}

function connect(signal: AbortSignal, to: SocketAddress, ms: number): Promise<Socket> {
  return new Promise((settle, reject) => {
    signal.throwIfAborted();
    const socket = dial({ host: to.address, port: to.port });
    const end = (error: unknown): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.destroy();
      reject(error);
    };
    const abort = (): void => end(signal.reason);
    const timer = setTimeout(() => end(timedOut(`${to.address} port ${to.port}`, ms)), ms);
    signal.addEventListener('abort', abort, { once: true });
    // It stays: what breaks the connection later is learned by who reads from it, and ends no process.
    socket.on('error', end);
    socket.once('connect', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      settle(socket);
    });
  });
}

interface Exchange {
  readonly to: SocketAddress;
  readonly payload: Uint8Array;
  readonly ms: number;
}

function exchange(signal: AbortSignal, { to, payload, ms }: Exchange): Promise<Buffer> {
  return new Promise((settle, reject) => {
    signal.throwIfAborted();
    const socket = createSocket(isIPv6(to.address) ? 'udp6' : 'udp4');
    let isOpen = true;
    const close = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      if (isOpen) socket.close();
      isOpen = false;
    };
    const fail = (error: unknown): void => {
      close();
      reject(error);
    };
    const abort = (): void => fail(signal.reason);
    const timer = setTimeout(() => fail(timedOut(`${to.address} port ${to.port}`, ms)), ms);
    signal.addEventListener('abort', abort, { once: true });
    socket.on('error', fail);
    socket.once('message', (answer) => {
      close();
      settle(answer);
    });
    // A connected socket hears of a closed port.
    socket.connect(to.port, to.address, () => socket.send(payload));
  });
}
