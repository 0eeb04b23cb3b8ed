import type { Socket } from 'node:net';
import { secure } from '../../../../../visitor/certificate.js';
import { ask } from '../../../../../visitor/http.js';
import type { Visitor } from '../../../../../visitor/visitor.js';
import type { App } from '../../../inventory/types.js';
import { frontPort } from '../chains.js';
import type { Answer, Visit } from '../visited.js';
import { connect, OPEN, reachOf } from './reach.js';

export interface VisitRequest {
  readonly app: App;
  readonly edge: string;
  readonly family: Visit['family'];
  readonly address: string;
  readonly host?: string;
  /** PEM of authorities besides the public ones. */
  readonly authorities: readonly string[];
  /** Milliseconds for a connection, and for an answer. */
  readonly times: { readonly connect: number; readonly answer: number };
}

/** Milliseconds in which a server that speaks first has done so. */
const GREETING_MS = 1_000;

/** Goes through the front door as a visitor does. */
export async function visit(visitor: Visitor, request: VisitRequest): Promise<Visit> {
  const { app, edge, family, address, host } = request;
  const base = { app: app.name, edge, family, address, ...(host !== undefined && { host }) };
  if (app.kind === 'udp') return { ...base, ...(await datagram(visitor, request)) };
  const [plain, front] = await Promise.all([
    app.kind === 'http' ? plainly(visitor, request) : {},
    app.kind === 'tcp' ? rawly(visitor, request) : securely(visitor, request),
  ]);
  return { ...base, ...plain, ...front };
}

async function plainly(
  visitor: Visitor,
  { app, address, host = '', times }: VisitRequest,
): Promise<Pick<Visit, 'plain' | 'redirect'>> {
  const connected = await connect(visitor, { address, port: 80 }, times.connect);
  if ('reach' in connected) return { plain: connected.reach };
  const redirect = await httpAnswer(connected.socket, { app, host, ms: times.answer });
  return { plain: OPEN, redirect };
}

async function securely(
  visitor: Visitor,
  { app, address, host = '', times, authorities }: VisitRequest,
): Promise<Pick<Visit, 'front' | 'handshake' | 'certificate' | 'answer'>> {
  const connected = await connect(visitor, { address, port: 443 }, times.connect);
  if ('reach' in connected) return { front: connected.reach };
  try {
    const { socket, certificate } = await secure(connected.socket, { host, ms: times.answer, authorities });
    const answer = await httpAnswer(socket, { app, host, ms: times.answer });
    return { front: OPEN, certificate, answer };
  } catch (error) {
    return { front: OPEN, handshake: reachOf(error) };
  }
}

async function httpAnswer(
  socket: Socket,
  { app, host, ms }: { readonly app: App; readonly host: string; readonly ms: number },
): Promise<Answer> {
  try {
    const { status, headers, body } = await ask(socket, { host, path: app.expect.path, ms });
    return {
      kind: 'http',
      status,
      ...(headers.location !== undefined && { location: headers.location }),
      contains: body.includes(app.expect.contains ?? ''),
      line: body.trimStart().split('\n', 1)[0]?.trim().slice(0, 80) ?? '',
    };
  } catch (error) {
    return { kind: 'failure', reach: reachOf(error) };
  }
}

async function rawly(
  visitor: Visitor,
  { app, address, times }: VisitRequest,
): Promise<Pick<Visit, 'front' | 'answer'>> {
  const connected = await connect(visitor, { address, port: frontPort(app) }, times.connect);
  if ('reach' in connected) return { front: connected.reach };
  return { front: OPEN, answer: await greeting(connected.socket, app.expect.contains ?? '') };
}

/** What a server says before it is asked; one that keeps the connection open waits for its visitor. */
function greeting(socket: Socket, wanted: string): Promise<Answer> {
  return new Promise((settle) => {
    let text = '';
    const end = (answer: Answer): void => {
      clearTimeout(timer);
      socket.destroy();
      settle(answer);
    };
    const said = (): Answer => ({ kind: 'bytes', bytes: text.length, contains: text.includes(wanted) });
    const timer = setTimeout(() => end(said()), GREETING_MS);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes(wanted)) end(said());
    });
    socket.once('error', (error) => end({ kind: 'failure', reach: reachOf(error) }));
    socket.once('end', () => {
      const closed = { outcome: 'closed', text: 'closed without a byte' } as const;
      end(text === '' ? { kind: 'failure', reach: closed } : said());
    });
  });
}

/** Without an answer, a datagram that is not refused has arrived somewhere or been dropped: nothing is known. */
async function datagram(
  visitor: Visitor,
  { app, address, times }: VisitRequest,
): Promise<Pick<Visit, 'front' | 'answer'>> {
  try {
    const answer = await visitor.exchange({ address, port: frontPort(app) }, Buffer.alloc(1), times.connect);
    return { front: OPEN, answer: { kind: 'bytes', bytes: answer.length, contains: true } };
  } catch (error) {
    const reach = reachOf(error);
    return {
      front: reach.outcome === 'dropped' ? { outcome: 'unmeasured', text: 'no answer to a datagram' } : reach,
    };
  }
}
