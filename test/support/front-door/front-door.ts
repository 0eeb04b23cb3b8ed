import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { connect, createServer as createRelay, type Server as Relay, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type HeldPort, holdPort } from '../../../src/lab/network/held-port.js';
import type { Pair } from './certificates.js';

type Part = 'app' | 'relay' | 'http' | 'https';

/** Addresses of a home and an edge on an overlay, both on this machine. */
export const HOME = '127.0.88.10';
export const EDGE = '127.0.88.1';

/** An app on 127.0.0.1, what relays to it at {@link HOME}, and a proxy in front of that, which answers as Traefik does. */
export class FrontDoor {
  readonly ports = { app: 0, relay: 0, http: 0, https: 0 };
  /** What the app does with a request. */
  answer = (_request: IncomingMessage, response: ServerResponse): void => {
    response.end('{"res":"pong"}');
  };
  hasRoute = true;
  readonly #held = new Map<Part, HeldPort>();
  readonly #sockets = new Set<Duplex>();
  #app: Server | undefined;
  #relay: Relay | undefined;
  #http: Server | undefined;
  #https: SecureServer | undefined;

  async start(certificate: Pair): Promise<void> {
    await this.startApp();
    await this.startRelay();
    this.#http = createServer((asked, response) => {
      response.writeHead(308, { location: `https://${asked.headers.host}${asked.url}` }).end();
    });
    await this.#listen('http', this.#http);
    await this.startProxy(certificate);
  }

  async startApp(): Promise<void> {
    this.#app = createServer((asked, response) => this.answer(asked, response));
    this.#app.on('upgrade', ({ headers }, socket) => {
      const key = createHash('sha1').update(
        `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
      );
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key.digest('base64')}\r\n\r\n`,
      );
      socket.on('data', () => socket.write(Buffer.from([0x8a, 0])));
    });
    await this.#listen('app', this.#app);
  }

  async startRelay(): Promise<void> {
    this.#relay = createRelay((from) => {
      const to = connect(this.ports.app, '127.0.0.1');
      from.pipe(to).pipe(from);
      for (const socket of [from, to]) {
        this.#keep(socket);
        socket.on('error', () => {
          from.destroy();
          to.destroy();
        });
      }
    });
    await this.#listen('relay', this.#relay, HOME);
  }

  async startProxy(certificate: Pair): Promise<void> {
    this.#https = createSecureServer({ ...certificate }, (asked, response) => this.#pass(asked, response));
    this.#https.on('upgrade', (asked, socket) => {
      this.#keep(socket);
      const to = connect(this.ports.relay, HOME, () => {
        const lines = Object.entries(asked.headers).map(([name, value]) => `${name}: ${value}\r\n`);
        to.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
        socket.pipe(to).pipe(socket);
      });
      this.#keep(to);
      to.on('error', () => socket.destroy());
    });
    await this.#listen('https', this.#https);
  }

  #pass(asked: IncomingMessage, response: ServerResponse): void {
    if (!this.hasRoute) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
      return;
    }
    const { method, url, headers } = asked;
    const own = { ...headers, 'x-forwarded-for': asked.socket.remoteAddress };
    const backend = request({ host: HOME, port: this.ports.relay, method, path: url, headers: own });
    const fail = (status: number, text: string): void => {
      if (!response.headersSent) response.writeHead(status).end(text);
    };
    backend.setTimeout(1_500, () => {
      fail(504, 'Gateway Timeout');
      backend.destroy();
    });
    backend.on('error', () => fail(502, 'Bad Gateway'));
    backend.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    asked.pipe(backend);
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** A part that was stopped has its port again, which nothing else got in between. */
  async #listen(part: Part, server: Server | SecureServer | Relay, address = '127.0.0.1'): Promise<void> {
    server.on('connection', (socket: Socket) => this.#keep(socket));
    const held = this.#held.get(part) ?? (await holdPort(address));
    this.#held.set(part, held);
    await once(server.listen(held.port, address), 'listening');
    this.ports[part] = held.port;
  }

  /** Stops a part; what listened there refuses connections then. */
  async stop(part: Part): Promise<void> {
    const server = { app: this.#app, relay: this.#relay, http: this.#http, https: this.#https }[part];
    if (server?.listening !== true) return;
    const closed = new Promise((settle) => server.close(settle));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async close(): Promise<void> {
    for (const part of ['https', 'http', 'relay', 'app'] as const) await this.stop(part);
    for (const held of this.#held.values()) held.release();
  }
}
