import type { Inventory } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';
import { isWildcard } from '../inventory/host-name.js';
import { appsThrough } from '../registry.js';

const STAGING = 'acme-staging-v02.api.letsencrypt.org';

/** Edges that can't get the certificates that their apps need. */
export function lintCertificates(inventory: Inventory): Lint[] {
  return inventory.edges.flatMap(({ node, acme, proxy }): Lint[] => {
    const path = ['edges', node, 'acme'];
    const apps = appsThrough(inventory, node).filter(({ kind }) => kind === 'http');
    const [first] = apps;
    if (first === undefined) return [];
    if (acme === undefined) {
      const message = `is missing, and ${first.name} needs a certificate for ${first.hosts[0] ?? 'its name'}`;
      return [{ severity: 'error', path, message, fix: 'add it, such as "acme: { email: me@example.com }"' }];
    }
    const staging: Lint[] = acme.directory.includes(STAGING)
      ? [
          {
            severity: 'warning',
            path: [...path, 'directory'],
            message: "browsers don't trust the certificates of staging",
            fix: 'once all gates are GO, remove it',
          },
        ]
      : [];
    if (acme.challenge === 'dns') return staging;
    const toDns = `set edges.${node}.acme.challenge: dns${proxy === 'traefik' ? '' : `, and edges.${node}.proxy: traefik, which has it`}`;
    const shared = apps
      .filter(({ edges }) => edges.length > 1)
      .map(
        ({ name, edges }): Lint => ({
          severity: 'error',
          path: ['apps', name, 'edge'],
          message: `${node} can't get its certificate by challenge ${acme.challenge}: the authority may ask any of ${edges.join(', ')}`,
          fix: `${toDns}, or give ${name} one edge`,
        }),
      );
    const wildcards = apps.flatMap(({ name, hosts }) =>
      hosts.filter(isWildcard).map(
        (host): Lint => ({
          severity: 'error',
          path: ['apps', name, 'host'],
          value: host,
          message: `${host} needs challenge dns, and ${node} has ${acme.challenge}`,
          fix: `${toDns}, or write the names one by one`,
        }),
      ),
    );
    return [...staging, ...shared, ...wildcards];
  });
}
