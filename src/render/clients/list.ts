import { count } from '../../core/text.js';
import type { Paint } from '../colour.js';
import { table } from '../table.js';
import { duration } from '../text.js';
import { type ClientView, reachWords } from './text.js';

/** A client in the list. */
export interface ClientRow extends ClientView {
  /** Why it must scan again; empty when it need not, or when nothing is known. */
  readonly scanAgain: readonly string[];
  /** Whether the ledger knows its current configuration. */
  readonly known: boolean;
  /** What its hub reports; absent if it wasn't asked. */
  readonly live?:
    | { readonly kind: 'unreachable' }
    /** The hub has no such peer: not applied yet. */
    | { readonly kind: 'absent' }
    | { readonly kind: 'never' }
    /** Seconds since its last handshake. */
    | { readonly kind: 'seen'; readonly ago: number };
}

/** The clients as a table, one per line; below the table, why each must scan again. */
export function clientListText(rows: readonly ClientRow[], paint: Paint): string {
  if (rows.length === 0) return 'No clients yet: bridgehead client add NAME\n';
  const asked = rows.some(({ live }) => live !== undefined);
  const head = [
    'CLIENT',
    'ADDRESS',
    'NETWORK',
    'HUB',
    'TUNNEL',
    'REACH',
    ...(asked ? ['HANDSHAKE'] : []),
    'STATE',
  ];
  const cells = rows.map((row) => [
    row.client.name,
    row.client.addresses.join(', '),
    row.network.name,
    row.hub.name,
    row.client.tunnel,
    reachWords(row.client.reach),
    ...(asked ? [handshake(row.live)] : []),
    state(row, paint),
  ]);
  const stale = rows.filter(({ scanAgain }) => scanAgain.length > 0);
  const last = stale.length === 0 ? [] : ['', paint.warn(`${count(stale.length, 'client')} to scan again`)];
  return `${[...table([head.map(paint.faint), ...cells]), ...last].join('\n')}\n`;
}

/** The same for programs. */
export function clientListJson(rows: readonly ClientRow[]): object {
  return rows.map(({ client, network, hub, scanAgain, known, live }) => ({
    ...client,
    network: network.name,
    hub: hub.name,
    handedOutFromHere: known,
    scanAgain,
    ...(live && { live }),
  }));
}

function handshake(live: ClientRow['live']): string {
  if (live === undefined) return '-';
  if (live.kind === 'seen') return `${duration(live.ago * 1000)} ago`;
  return { unreachable: 'hub not reached', absent: 'not on the hub', never: 'never' }[live.kind];
}

function state({ client, scanAgain, known }: ClientRow, paint: Paint): string {
  if (client.publicKey === undefined) return paint.warn(`no keys yet: client rekey ${client.name}`);
  if (scanAgain.length > 0) return paint.warn(`scan again: ${scanAgain.join('; ')}`);
  return known ? paint.good('up to date') : 'not configured from here';
}
