import { createHash } from 'node:crypto';

const FIRST = 20_000;
const COUNT = 10_000;

/** The port of an app that is given none: it follows from the name alone, so that no other app ever moves it. */
export function chosenPort(app: string): number {
  return FIRST + (createHash('sha256').update(app).digest().readUInt32BE(0) % COUNT);
}

/** The lowest port at or above another that is not taken. */
export function freePort(from: number, taken: ReadonlySet<number>): number {
  let port = Math.max(from, FIRST);
  while (taken.has(port)) port += 1;
  return port;
}
