import type { Socket } from 'node:net';
import { secure } from '../../../../../visitor/certificate.js';
import type { Visitor } from '../../../../../visitor/visitor.js';
import type { VisitRequest } from '../visit/front.js';
import type { Trial } from '../visited.js';

export type Tried = Pick<Trial, 'go' | 'seen' | 'noted' | 'fix'>;

/** The app has nothing to try this with where nobody said that it has. */
export const untried = (why: string): Tried => ({ go: true, noted: true, seen: `not tried: ${why}` });

/** Goes in through the front door. */
export async function enter(
  visitor: Visitor,
  request: VisitRequest,
): Promise<{ socket: Socket; host: string }> {
  const { address, host = '', times, authorities } = request;
  const plain = await visitor.connect({ address, port: 443 }, times.connect);
  const { socket } = await secure(plain, { host, ms: times.answer, authorities });
  visitor.signal.addEventListener('abort', () => socket.destroy(visitor.signal.reason), { once: true });
  return { socket, host };
}
