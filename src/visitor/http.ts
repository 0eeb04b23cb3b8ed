import { type IncomingHttpHeaders, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** Bytes of an answer that are read. */
const MOST = 256 * 1024;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Whether the request had been sent completely when the answer began. */
  readonly isAfterAll: boolean;
  /** As much as was read. */
  readonly body: string;
}

export interface HttpRequest {
  readonly host: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent piece by piece. */
  readonly body?: Readable;
  /** Milliseconds until the answer, once the request is sent. */
  readonly ms: number;
}

/** Sends one request over a connection, which is closed after it. Rejects with ETIMEDOUT, or with what broke the connection. */
export function ask(
  socket: Socket,
  { host, path, method, headers, body, ms }: HttpRequest,
): Promise<HttpAnswer> {
  return new Promise((settle, reject) => {
    const asked = request({
      createConnection: () => socket,
      host,
      path,
      method: method ?? 'GET',
      headers: { host, 'user-agent': 'bridgehead', accept: '*/*', connection: 'close', ...headers },
    });
    let timer: NodeJS.Timeout | undefined;
    /** Once the answer has begun: what was read of it counts. */
    let enough: (() => void) | undefined;
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      body?.destroy();
    };
    const fail = (error: unknown): void => {
      end();
      reject(error);
    };
    const wait = (): void => {
      const late = Object.assign(new Error(`no answer in ${ms / 1000} s`), { code: 'ETIMEDOUT' });
      timer = setTimeout(() => (enough ?? (() => fail(late)))(), ms);
    };
    asked.on('error', fail);
    asked.once('response', (response) => {
      const isAfterAll = asked.writableEnded;
      let text = '';
      const done = (): void => {
        end();
        settle({ status: response.statusCode ?? 0, headers: response.headers, isAfterAll, body: text });
      };
      enough = done;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MOST) done();
      });
      response.once('end', done);
      response.on('error', fail);
    });
    if (body === undefined) {
      asked.end();
      wait();
    } else {
      body.on('error', fail);
      body.once('end', wait);
      body.pipe(asked);
    }
  });
}
