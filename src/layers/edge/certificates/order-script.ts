import { command } from '../../../remote/quote.js';
import type { Acme } from '../inventory/types.js';
import type { ReverseProxy } from '../proxy/proxy.js';
import order from './order.sh';

/** Seconds that an authority is given: one that is slow to look takes half a minute. */
const PATIENCE = 150;
/** More for each further name. */
const MORE = 10;

/** sh that waits until the proxy has a certificate for each name, and fails with the authority's words for one that it was refused. */
export function waitForCertificates(
  proxy: Pick<ReverseProxy, 'printNames' | 'printFailure'>,
  acme: Acme | undefined,
  hosts: readonly string[],
): string {
  if (hosts.length === 0 || acme === undefined) return ':';
  return `print_names() {
${proxy.printNames(acme)}
}
print_failure() {
${proxy.printFailure}
}
patience=${PATIENCE + MORE * (hosts.length - 1)}
set -- ${command(...hosts)}
${order}`;
}
