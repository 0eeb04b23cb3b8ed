import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../../../../visitor/http.js';
import type { Visitor } from '../../../../../visitor/visitor.js';
import type { AppParams } from '../chains.js';
import type { VisitRequest } from '../visit/front.js';
import { enter, type Tried, untried } from './enter.js';

export const UPLOAD_SECONDS = 65;

/** A byte a second, as a phone on a bad line. */
async function* dripping(signal: AbortSignal, seconds: number): AsyncGenerator<string> {
  for (let left = seconds; left > 0; left -= 1) {
    await sleep(1_000, undefined, { signal });
    yield '.';
  }
}

export async function uploads(
  visitor: Visitor,
  request: VisitRequest,
  { path, seconds = UPLOAD_SECONDS }: NonNullable<AppParams['upload']>,
): Promise<Tried> {
  const { socket, host } = await enter(visitor, request);
  const to = path ?? request.app.expect.path;
  const { status, isAfterAll } = await ask(socket, {
    host,
    path: to,
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(seconds) },
    body: Readable.from(dripping(visitor.signal, seconds)),
    ms: request.times.answer,
  });
  const what = `an upload of ${seconds} s over IPv${request.family}`;
  if (status >= 500 || status === 408 || status === 413) return { go: false, seen: `${what} gets ${status}` };
  if (isAfterAll) return { go: true, seen: `${what} gets ${status}` };
  if (path === undefined) return untried(`upload: ${to} takes none (${status})`);
  return {
    go: false,
    seen: `${what} is not measured: POST ${to} gets ${status} before it is sent`,
    fix: `give the gate an upload.path at which ${request.app.name} takes a POST`,
  };
}
