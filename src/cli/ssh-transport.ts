import type { Inventory } from '../inventory/types.js';
import type { Transport } from '../remote/transport.js';
import { secretAsker } from './ask.js';
import type { Io } from './io.js';
import type { Options } from './options.js';
import { watchSignals } from './signals.js';

type SshOptions = Pick<Options, 'acceptNew' | 'timeout' | 'sudoTimeout'>;

/** SSH as the options want it; passwords are asked for on the terminal, which `suspend` clears for the question. */
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
    acceptNew: options.acceptNew === true,
    connectTimeoutMs: options.timeout * 1000,
    rootTimeoutMs: options.sudoTimeout * 1000,
    warn: (message) => void io.stderr.write(`${message}\n`),
    askSecret: asker === undefined ? undefined : (question) => suspend(() => asker(question)),
  });
}

/** The way to the machines for as long as the work takes. */
export async function withTransport<T>(
  inventory: Inventory,
  options: SshOptions,
  io: Io,
  work: (transport: Transport, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, stop } = watchSignals();
  const transport = await openTransport(inventory, options, io, { signal, suspend: (ask) => ask() });
  try {
    return await work(transport, signal);
  } finally {
    await transport.close();
    stop();
  }
}
