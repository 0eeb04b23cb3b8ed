import type { Acme } from '../../inventory/types.js';
import { authorityName } from '../authority-name.js';
import { APPS_FOLDER, AUTHORITY_PATH, PROXY_FOLDER, STATUS_PORT } from '../paths.js';
import type { ProxyFile, Setup } from '../proxy.js';
import { startFile } from './yaml.js';

export const STATIC_PATH = `${PROXY_FOLDER}/traefik.yml`;
export const STATE_FOLDER = '/var/lib/bridgehead-traefik';
/** A certificate that is there is never ordered again, whoever made it: each authority has its own. */
export const storagePath = ({ directory }: Acme): string =>
  `${STATE_FOLDER}/${authorityName(directory)}.json`;
/** Name of the one certificate resolver. */
export const RESOLVER = 'acme';
/** Seconds that a request may take to arrive: a day, and an app that allows more needs a restart. */
const DAY = 86_400;

/** What Traefik says of itself, and of its makers. */
export const QUIET = {
  global: { checkNewVersion: false, sendAnonymousUsage: false },
  log: { level: 'INFO', noColor: true },
};

function challengeOf({ challenge, dns }: Acme): object {
  switch (challenge) {
    case 'http':
      return { httpChallenge: { entryPoint: 'http' } };
    case 'tls-alpn':
      return { tlsChallenge: {} };
    case 'dns':
      return { dnsChallenge: { provider: dns?.provider } };
  }
}

function resolvers({ edge: { acme }, authority }: Setup): object {
  if (acme === undefined) return {};
  const one = {
    email: acme.email,
    caServer: acme.directory,
    ...(authority === undefined ? {} : { caCertificates: [AUTHORITY_PATH] }),
    storage: storagePath(acme),
    ...challengeOf(acme),
  };
  return { certificatesResolvers: { [RESOLVER]: { acme: one } } };
}

/** The redirect is the entry point's own, so that the authority's requests to port 80 come before it. */
export function staticFile(setup: Setup): ProxyFile {
  const { edge, longestUpload } = setup;
  const front = {
    ...(edge.trusted.length > 0 ? { forwardedHeaders: { trustedIPs: edge.trusted } } : {}),
    transport: {
      respondingTimeouts: { readTimeout: `${Math.max(DAY, longestUpload)}s`, idleTimeout: '180s' },
    },
  };
  const http = { aliasHeadersStrategy: 'delete' };
  const toHttps = { redirections: { entryPoint: { to: 'https', scheme: 'https', permanent: true } } };
  const config = {
    ...QUIET,
    api: { insecure: true, dashboard: false },
    entryPoints: {
      traefik: { address: `127.0.0.1:${STATUS_PORT}` },
      http: { address: ':80', http: { ...http, ...toHttps }, ...front },
      https: { address: ':443', http, ...front },
    },
    // Two seconds by default, in which an app that was added is not served.
    providers: { providersThrottleDuration: '200ms', file: { directory: APPS_FOLDER, watch: true } },
    serversTransport: { forwardingTimeouts: { dialTimeout: '10s' } },
    ...resolvers(setup),
  };
  return { path: STATIC_PATH, content: startFile(config) };
}
