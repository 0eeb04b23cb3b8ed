import { readFile } from 'node:fs/promises';
import type { LabPaths } from '../names.js';
import type { LabPlan } from '../types.js';

const isNeeded = ({ internet }: Pick<LabPlan, 'internet'>): boolean =>
  internet?.authority !== undefined || internet?.login !== undefined;

/** Variables by which curl, OpenSSL, Go's programs and Node trust the lab's own servers; none in a lab that has none. */
export function trustEnvironment(
  plan: Pick<LabPlan, 'internet'>,
  { trusted }: Pick<LabPaths, 'trusted'>,
): Readonly<Record<string, string>> {
  if (!isNeeded(plan)) return {};
  return { CURL_CA_BUNDLE: trusted, NODE_EXTRA_CA_CERTS: trusted, SSL_CERT_FILE: trusted };
}

/** Certificates that the machines trust besides Debian's, each as PEM. */
export async function trustedCertificates(
  plan: Pick<LabPlan, 'internet'>,
  { trusted }: Pick<LabPaths, 'trusted'>,
): Promise<readonly string[]> {
  if (!isNeeded(plan)) return [];
  return (await readFile(trusted, 'utf8')).match(/-----BEGIN [\s\S]*?-----END CERTIFICATE-----\n/g) ?? [];
}
