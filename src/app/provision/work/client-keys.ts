import { EXIT } from '../../../core/errors.js';
import { loaded, optionsFor } from './commands.js';
import type { WorkRequest } from './types.js';

/** Makes the keys of each client that has none, and shows its code. */
export async function makeClientKeys(request: WorkRequest): Promise<number> {
  const { io } = request;
  const { networks } = await loaded(request);
  const clients = networks.flatMap((network) =>
    network.clients.filter((client) => client.publicKey === undefined),
  );
  if (io.stdout.isTTY !== true) {
    for (const { name } of clients)
      io.stdout.write(`\nFor ${name}: bridgehead client rekey ${name} -i ${request.file}\n`);
    return EXIT.go;
  }
  const { rekeyClient } = await import('../../clients/keys.js');
  for (const { name } of clients) {
    io.stdout.write(`\nThe code for ${name}: scan it with the WireGuard app\n`);
    const exit = await rekeyClient(name, { ...optionsFor(request), yes: true }, io);
    if (exit !== EXIT.go) return exit;
  }
  return EXIT.go;
}
