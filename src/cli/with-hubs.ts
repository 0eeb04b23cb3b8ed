import type { Inventory } from '../inventory/types.js';
import type { Transport } from '../remote/transport.js';
import { secretAsker } from './ask.js';
import type { ClientOptions } from './client-options.js';
import type { Io } from './io.js';
import { watchSignals } from './signals.js';

/** Opens the way to the machines for as long as the work takes; nothing is changed on them. */
export async function withHubs<T>(
  inventory: Inventory,
  options: Pick<ClientOptions, 'acceptNew' | 'timeout'>,
  io: Io,
  work: (transport: Transport, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { createSshTransport } = await import('../ssh/index.js');
  const { signal, stop } = watchSignals();
  const transport = createSshTransport({
    inventory,
    acceptNew: options.acceptNew === true,
    connectTimeoutMs: options.timeout * 1000,
    warn: (message) => void io.stderr.write(`${message}\n`),
    askSecret: secretAsker(io, signal),
  });
  try {
    return await work(transport, signal);
  } finally {
    await transport.close();
    stop();
  }
}
