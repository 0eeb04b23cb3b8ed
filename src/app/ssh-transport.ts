import type { Inventory } from '../model/inventory.js';
import type { Transport } from '../remote/transport.js';
import type { AcceptNew } from '../ssh/index.js';
import type { Options } from './options.js';
import { secretAsker } from './terminal/ask.js';
import type { Io } from './terminal/io.js';
import { watchSignals } from './terminal/signals.js';

type SshOptions = Pick<Options, 'timeout' | 'sudoTimeout'> & { readonly acceptNew?: AcceptNew };

/** SSH by the options; passwords are asked for on the terminal, which `suspend` clears for the question. */
export async function openTransport(
  inventory: Inventory,
  options: SshOptions,
  io: Io,
  {
    signal,
    suspend,
  }: { readonly signal: AbortSignal; readonly suspend: <T>(work: () => Promise<T>) => Promise<T> },
): Promise<Transport> {
  const { createSshTransport } = await import('../ssh/index.js');
  const asker = secretAsker(io, signal);
  return createSshTransport({
    inventory,
    acceptNew: options.acceptNew ?? false,
    connectTimeoutMs: options.timeout * 1000,
    rootTimeoutMs: options.sudoTimeout * 1000,
    warn: (message) => void io.stderr.write(`${message}\n`),
    askSecret: asker === undefined ? undefined : (question) => suspend(() => asker(question)),
  });
}

/** The connections to the machines for the duration of the work. */
export async function withTransport<T>(
  inventory: Inventory,
  options: SshOptions,
  io: Io,
  work: (transport: Transport, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, stop } = watchSignals(io);
  const transport = await openTransport(inventory, options, io, { signal, suspend: (ask) => ask() });
  try {
    return await work(transport, signal);
  } finally {
    await transport.close();
    stop();
  }
}
