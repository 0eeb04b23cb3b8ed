import { sha256 } from '../../../../core/sha256.js';
import { OVERWRITTEN } from '../../../shared/managed.js';
import type { Acme } from '../../inventory/types.js';
import { AUTHORITY_PATH } from '../paths.js';
import type { AppFile, Order, Setup } from '../proxy.js';
import { ORDERS_FOLDER } from './site.js';

const ATTEMPT = /^# attempt (\d+)$/m;

function challengeLines({ challenge }: Acme): string[] {
  return challenge === 'http' ? ['disable_tlsalpn_challenge'] : ['disable_http_challenge'];
}

/** What has Caddy order the certificates of an app from the authority, in the place of making them itself. */
export function caddyOrder({ app, attempt }: Order, { edge: { acme }, authority }: Setup): AppFile {
  const lines =
    acme === undefined
      ? []
      : [
          `dir ${acme.directory}`,
          `email ${acme.email}`,
          ...(authority === undefined ? [] : [`trusted_roots ${AUTHORITY_PATH}`]),
          ...challengeLines(acme),
        ];
  const issuer = `tls {\n\tissuer acme {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n}\n`;
  const content = `${OVERWRITTEN}\n# attempt ${attempt}\n${issuer}`;
  return { path: `${ORDERS_FOLDER}/${app.name}/order.caddy`, content, version: sha256(content) };
}

const directoryIn = (content: string): string | undefined => /^\t\tdir (\S+)$/m.exec(content)?.[1];

/** Whether two orders are of different authorities. */
export const isElsewhere = (before: string, content: string): boolean =>
  directoryIn(before) !== undefined && directoryIn(before) !== directoryIn(content);

/** The attempt that an order's file has; 0 if it is none. */
export const caddyAttempt = (content: string): number => Number(ATTEMPT.exec(content)?.[1] ?? 0);
