import { Secret } from '../../../src/core/secret.js';
import { certificatesStep } from '../../../src/layers/edge/steps/certificates.js';
import { proxyStep } from '../../../src/layers/edge/steps/proxy.js';
import { RunSecrets } from '../../../src/layers/pair-secrets.js';
import type { Change } from '../../../src/layers/step.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { hybridEdge } from '../../fixtures/edge-inventory.js';
import { NO_FACTS } from '../../support/step-context.js';
import { appOf } from '../edge/proxy/routes.js';
import { asWanted, contextOn, NOTHING } from '../edge/proxy/seen-proxy.js';
import type { Trial } from './one-failure.js';

const AUTH = { what: 'apps.photos.options.auth', env: 'PHOTOS' };
const inventory = await hybridEdge();
const GAME = appOf({ name: 'game', kind: 'udp', listen: 5000, hosts: [] });

/** Caddy takes up its files when it is told to; Traefik would have to serve something. */
function edgeOf(proxy: 'caddy' | 'traefik', apps: Inventory['apps']) {
  const secrets = new RunSecrets();
  secrets.keep(AUTH, new Secret('me:secret'));
  const edges = inventory.edges.map((edge) => ({ ...edge, proxy }));
  return contextOn({ ...inventory, edges, apps }, 'vps', { secrets });
}

const PHOTOS = edgeOf('caddy', [appOf({}, { auth: AUTH })]);
const PORT = edgeOf('traefik', [GAME]);
const NONE = edgeOf('traefik', []);
const FORMER = contextOn({ ...inventory, edges: [], apps: [] }, 'vps');

const on = (changes: readonly Change[], files: Readonly<Record<string, string>> = {}): Trial[] =>
  changes.map(({ summary, script }) => ({ summary, script, files }));

export function proxyTrials(): Trial[] {
  const plan = (context: typeof PHOTOS, seen = NOTHING) => proxyStep.plan(context, seen, NO_FACTS);
  const set = asWanted(PORT);
  const files = Object.fromEntries([...set.files.keys()].map((path) => [path, 'x']));
  return [
    // What makes hashes only pretends to here.
    ...on(plan(PHOTOS).filter(({ creates }) => creates?.path.includes('/secret/') !== true)),
    ...on(plan(PORT)),
    ...on(plan(NONE, set), files),
    ...on(plan(FORMER, set), { ...files, '/var/lib/bridgehead-traefik/': '' }),
  ];
}

export function certificatesTrials(): Trial[] {
  const now = Date.parse('2026-11-30T00:00:00Z');
  const stored = [{ names: ['photos.example.com'], issuer: 'R11', from: now, to: now + 1 }];
  const keys = [{ mode: '600 root', path: '/var/lib/bridgehead-caddy/a.key' }];
  const changes = certificatesStep.plan(PHOTOS, { stored, keys, files: new Map(), now }, NO_FACTS);
  return on(changes, { '/var/lib/bridgehead-caddy/a.key': 'x' });
}
