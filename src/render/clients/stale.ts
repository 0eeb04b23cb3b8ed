import type { Paint } from '../colour.js';
import { indent, table } from '../table.js';

const ONE = '1 client has to scan again, or its tunnel stays dead:';

export interface StaleClient {
  readonly name: string;
  /** Each difference between what it was handed and what it should have. */
  readonly why: readonly string[];
}

/** Which clients have to scan again, why, and the command that shows each its code. Ends with a newline. */
export function staleClientsText(clients: readonly StaleClient[], inventory: string, paint: Paint): string {
  const rows = table(clients.map(({ name, why }) => [name, why.join('; ')]));
  return [
    paint.warn(
      clients.length === 1
        ? ONE
        : `${clients.length} clients have to scan again, or their tunnels stay dead:`,
    ),
    indent(rows.join('\n'), 2),
    `  a new code: bridgehead client rekey NAME -i ${inventory}`,
    `  the code of one whose configuration you kept: bridgehead client show NAME --kept FILE --qr -i ${inventory}`,
    '',
  ].join('\n');
}
