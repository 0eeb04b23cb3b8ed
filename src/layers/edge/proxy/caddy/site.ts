import { sha256 } from '../../../../core/sha256.js';
import { hostPort } from '../../../../model/address.js';
import { OVERWRITTEN } from '../../../shared/managed.js';
import type { App } from '../../inventory/types.js';
import { MAINTENANCE_PAGE } from '../maintenance/maintenance.js';
import { APPS_FOLDER, PROXY_FOLDER } from '../paths.js';
import type { AppFile, Route } from '../proxy.js';
import { letIn } from '../sources.js';

/** One folder for each app whose certificates are ordered: a pattern may have one star and no other sign. */
export const ORDERS_FOLDER = `${PROXY_FOLDER}/orders`;

/**
 * Signs that Caddy reads a meaning into, as a file is parsed, imported, or a header sent. As the value of a variable they have none, and no
 * number of passes gives them one.
 */
const SIGNS = { brace: '{', backslash: '\\' };
const SIGN_LINES = ['vars {', ...Object.entries(SIGNS).map(([name, sign]) => `\t${name} \`${sign}\``), '}'];

/** A header's value, exactly as it is written in the inventory. */
function valueToken(text: string): string {
  const plain = text.replaceAll(/[{\\]/g, (sign) => `{vars.${sign === '{' ? 'brace' : 'backslash'}}`);
  return `"${plain.replaceAll('"', '\\"')}"`;
}

/** What a request goes through, in this order. */
function routeLines({ app, upstream, visitors }: Route): string[] {
  const { options } = app;
  const sources = letIn(options.allow, options.deny);
  return [
    ...(sources === undefined ? [] : ['respond @refused 403']),
    ...(visitors === undefined
      ? []
      : ['basic_auth {', `\timport ${visitors}`, '}', 'request_header -Authorization']),
    ...(options.maintenance
      ? [
          'header Retry-After 300',
          'header Content-Type "text/html; charset=utf-8"',
          `respond \`${MAINTENANCE_PAGE}\` 503`,
        ]
      : [
          `reverse_proxy http://${hostPort(upstream.address, upstream.port)} {`,
          // A changed app would cut the websockets of all others.
          '\tstream_close_delay 24h',
          '\ttransport http {',
          '\t\tdial_timeout 10s',
          '\t}',
          '}',
        ]),
  ];
}

function headerLines({ app: { options } }: Route): string[] {
  const own = [
    ...(Object.values(options.headers).some((value) => /[{\\]/.test(value)) ? SIGN_LINES : []),
    ...Object.entries(options.headers).map(([name, value]) => `header "${name}" ${valueToken(value)}`),
  ];
  return options.hsts === undefined
    ? own
    : [...own, `header Strict-Transport-Security "max-age=${options.hsts}"`];
}

export const sitePath = ({ name }: App): string => `${APPS_FOLDER}/${name}.caddy`;

/** The file of an app. Its order is taken in if it is there: Caddy accepts a pattern without a match. */
export function siteFile(route: Route): AppFile {
  const { app } = route;
  const sources = letIn(app.options.allow, app.options.deny);
  const lines = [
    `import ${ORDERS_FOLDER}/${app.name}/*.caddy`,
    ...headerLines(route),
    ...(sources === undefined ? [] : [`@refused not client_ip ${sources.join(' ')}`]),
    'route {',
    ...routeLines(route).map((line) => `\t${line}`),
    '}',
  ];
  const body = lines.map((line) => `\t${line}\n`).join('');
  const content = `${OVERWRITTEN}\n${app.hosts.join(', ')} {\n${body}}\n`;
  return { path: sitePath(app), content, version: sha256(content) };
}
