import { isWildcard } from '../../edge/inventory/host-name.js';
import { forInventory, OVERWRITTEN } from '../../shared/managed.js';
import type { Answer } from '../answers.js';
import { placeText } from '../views.js';
import { markOf, markText, type Resolver, TTL, type WantedView } from './resolver.js';

export const DNSMASQ_FOLDER = '/etc/bridgehead/dns';

/**
 * A name that is answered here isn't asked for elsewhere in the other family: it has none. Names below it are.
 * `address` has no time of its own; that of `local-ttl` counts.
 */
function answerLines({ name, addresses }: Answer): string[] {
  if (isWildcard(name)) {
    return [`local=/${name}/`, ...addresses.map((address) => `address=/${name}/${address}`)];
  }
  return [
    `local=/${name}/`,
    `server=/*.${name}/#`,
    ...addresses.map((address) => `host-record=${name},${address}`),
  ];
}

function configText({ inventory, dns, view, answers }: WantedView): string {
  const { zones, upstream } = dns;
  return `${[
    OVERWRITTEN,
    forInventory(inventory),
    `# What ${placeText(view.place)} is answered.`,
    // Waits for addresses that aren't there yet.
    'bind-dynamic',
    ...view.addresses.map((address) => `listen-address=${address}`),
    'no-hosts',
    `local-ttl=${TTL}`,
    'cache-size=1000',
    ...(upstream.length === 0 ? [] : ['no-resolv', ...upstream.map((address) => `server=${address}`)]),
    ...zones.map((zone) => `txt-record=${markOf(zone)},${markText(inventory, view.id)}`),
    ...answers.flatMap(answerLines),
  ].join('\n')}\n`;
}

/** It forks once it listens, or fails with the reason. */
export const dnsmasq: Resolver = {
  kind: 'dnsmasq',
  package: 'dnsmasq-base',
  program: '/usr/sbin/dnsmasq',
  configPath: (view) => `${DNSMASQ_FOLDER}/${view}.conf`,
  configText,
  service: `Type=forking
PIDFile=/run/bridgehead-dns-%i/pid
ExecStart=/usr/sbin/dnsmasq --conf-file=${DNSMASQ_FOLDER}/%i.conf --pid-file=/run/bridgehead-dns-%i/pid
`,
};
