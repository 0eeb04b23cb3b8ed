import type { Paint } from '../colour.js';
import { indent, table } from '../table.js';

const ONE = '1 client must scan a new code, or its tunnel will not work:';

export interface StaleClient {
  readonly name: string;
  /** Each difference between its configuration and the one it should have. */
  readonly why: readonly string[];
}

/** Which clients must scan a new code, why, and the commands that show it. Ends with a newline. */
export function staleClientsText(clients: readonly StaleClient[], inventory: string, paint: Paint): string {
  const rows = table(clients.map(({ name, why }) => [name, why.join('; ')]));
  return [
    paint.warn(
      clients.length === 1
        ? ONE
        : `${clients.length} clients must scan a new code, or their tunnels will not work:`,
    ),
    indent(rows.join('\n'), 2),
    `  a new code: bridgehead client rekey NAME -i ${inventory}`,
    `  a code from a configuration that you kept: bridgehead client show NAME --kept FILE --qr -i ${inventory}`,
    '',
  ].join('\n');
}
