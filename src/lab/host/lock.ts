import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError } from '../../core/errors.js';

/**
 * Runs some work while no other process does work of the same name. The lock is an abstract socket, so it ends with the
 * process, however that ends. Rejects with E_LAB if the lock is still held after `waitMs`.
 */
export async function withLock<T>(name: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + waitMs;
  let server = await listen(name);
  for (let pause = 10; server === undefined && Date.now() < deadline; pause = Math.min(pause * 2, 250)) {
    await sleep(pause);
    server = await listen(name);
  }
  if (server === undefined) {
    throw new BridgeheadError('E_LAB', `another process is building or taking down ${name}`, {
      fix: 'wait for it, or interrupt it',
    });
  }
  const held = server;
  try {
    return await work();
  } finally {
    await new Promise((resolve) => held.close(resolve));
  }
}

/** Undefined when another process has the lock. */
function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(`\0bridgehead-lab/${name}`, () => resolve(server));
  });
}
