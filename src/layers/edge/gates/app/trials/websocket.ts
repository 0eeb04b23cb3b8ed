import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Visitor } from '../../../../../visitor/visitor.js';
import type { AppParams } from '../chains.js';
import type { VisitRequest } from '../visit/front.js';
import { enter, type Tried, untried } from './enter.js';

export const IDLE_SECONDS = 70;

const PING = 0x9;
const PONG = 0xa;
const CLOSE = 0x8;

/** A WebSocket frame of a client: masked, without a payload. */
const frame = (opcode: number): Buffer => Buffer.concat([Buffer.from([0x80 | opcode, 0x80]), randomBytes(4)]);

export async function idles(
  visitor: Visitor,
  request: VisitRequest,
  { path, seconds = IDLE_SECONDS }: NonNullable<AppParams['websocket']>,
): Promise<Tried> {
  const { socket, host } = await enter(visitor, request);
  try {
    const key = randomBytes(16).toString('base64');
    socket.write(
      `GET ${path ?? '/'} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    const opened = await received(socket, request.times.answer);
    const status = /^HTTP\/1\.1 (\d{3})/.exec(opened.toString('latin1'))?.[1];
    if (status !== '101' && path === undefined)
      return untried(`WebSocket: / opens none (${status ?? 'no HTTP'})`);
    if (status !== '101')
      return { go: false, seen: `the WebSocket at ${path} is not opened: ${status ?? 'no HTTP'}` };
    const what = `a WebSocket idle for ${seconds} s over IPv${request.family}`;
    const ended = new Promise<true>((settle) => socket.once('close', () => settle(true)));
    const isEnded = await Promise.race([ended, sleep(seconds * 1000, false, { signal: visitor.signal })]);
    if (isEnded) return { go: false, seen: `${what} is closed meanwhile` };
    socket.write(frame(PING));
    const opcode = ((await received(socket, request.times.answer))[0] ?? CLOSE) & 0xf;
    return {
      go: opcode === PONG || opcode !== CLOSE,
      seen: `${what} ${opcode === CLOSE ? 'is closed' : 'lives'}`,
    };
  } finally {
    socket.destroy();
  }
}

function received(socket: Socket, ms: number): Promise<Buffer> {
  return new Promise((settle, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer in ${ms / 1000} s`)), ms);
    socket.once('data', (chunk: Buffer) => {
      clearTimeout(timer);
      settle(chunk);
    });
    socket.once('close', () => reject(new Error('the connection was closed')));
  });
}
