import { pbkdf2Sync } from 'node:crypto';
import type { Secret } from '../../../../core/secret.js';
import { command, quote } from '../../../../remote/quote.js';
import type { Change } from '../../../step.js';
import type { Edge } from '../../inventory/types.js';
import { PROXY_USER, SALT_PATH, SECRETS_FOLDER } from '../paths.js';
import type { ProxyFile } from '../proxy.js';
import type { SeenFile } from '../read/files.js';
import visitors from './visitors.pl';

/** Who is let in to an app. */
export interface Visitors {
  readonly app: string;
  readonly path: string;
  /** `NAME:PASSWORD` */
  readonly secret: Secret;
}

interface Place {
  readonly kind: Edge['proxy'];
  /** Nobody but the node keeps it. */
  readonly salt: Secret;
}

const ROUNDS = 200_000;

const nameOf = (app: string, { kind }: Place): string => `${SECRETS_FOLDER}/${app}.${kind}-`;

/**
 * The file has another name for each password, so that the proxy notices a change without anybody reading the hash back; and for
 * each proxy, since each has a format of its own. Plans and reports show the name, so nobody must be able to try passwords against it.
 */
export function visitorsOf(app: string, secret: Secret, place: Place): Visitors {
  const salt = `bridgehead visitors of ${app} ${place.salt.reveal()}`;
  const digest = pbkdf2Sync(secret.reveal(), salt, ROUNDS, 5, 'sha256').toString('hex');
  return { app, path: `${nameOf(app, place)}${digest}`, secret };
}

/** Whether a file has an app's visitors for this proxy. */
export const isVisitorsOf = (app: string, place: Place, path: string): boolean =>
  path.startsWith(nameOf(app, place)) && /^[0-9a-f]+$/.test(path.slice(nameOf(app, place).length));

export const saltFile = ({ salt }: Place): ProxyFile => ({
  path: SALT_PATH,
  content: `${salt.reveal()}\n`,
  secret: true,
  purpose: 'what the names of files with visitors are made with',
});

/** The node hashes the password itself; it is in no argument. */
export function planVisitors(
  { app, path, secret }: Visitors,
  separator: string,
  seen: SeenFile | undefined,
): Change[] {
  const mode = `640 root:${PROXY_USER}`;
  if (seen?.mode === mode) return [];
  const own = command('chown', `root:${PROXY_USER}`);
  return [
    {
      summary: `write who is let in to ${app} (its content is not shown)`,
      disruption: { level: 'none' },
      creates: { path, mode: '0640' },
      script: `(
set -e
umask 077
${command('mkdir', '-p', SECRETS_FOLDER)}
chmod 755 ${quote(SECRETS_FOLDER)}
temp=$(mktemp ${quote(`${SECRETS_FOLDER}/.new-XXXXXX`)})
trap 'rm -f "$temp"' EXIT
printf %s ${quote(secret.reveal())} | ${command('perl', '-e', visitors, separator)} >"$temp"
[ -s "$temp" ]
${own} "$temp"
chmod 640 "$temp"
mv -f "$temp" ${quote(path)}
)`,
      touches: { files: [path] },
    },
  ];
}
