import { isWildcard } from '../../edge/inventory/host-name.js';
import { forInventory, OVERWRITTEN } from '../../shared/managed.js';
import type { Answer } from '../answers.js';
import { placeText } from '../views.js';
import { markOf, markText, type Resolver, TTL, type WantedView } from './resolver.js';
import { challengesOf, type Wildcard, wildcardsOf } from './wildcards.js';

export const DNSMASQ_FOLDER = '/etc/bridgehead/dns';

/**
 * A name that is answered here isn't asked for elsewhere in the other family: it has none. Names below it are, unless a wildcard of its own
 * stands for them. `address` has no time of its own; that of `local-ttl` counts.
 */
function answerLines({ name, addresses }: Answer, wildcards: readonly Wildcard[]): string[] {
  if (isWildcard(name)) {
    return [`local=/${name}/`, ...addresses.map((address) => `address=/${name}/${address}`)];
  }
  return [
    `local=/${name}/`,
    ...(wildcards.some(({ base }) => base === name) ? [] : [`server=/*.${name}/#`]),
    ...addresses.map((address) => `host-record=${name},${address}`),
  ];
}

function configText({ inventory, dns, view, answers }: WantedView): string {
  const { zones, upstream } = dns;
  const wildcards = wildcardsOf(answers);
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
    ...challengesOf(answers).map((name) => `server=/${name}/#`),
    ...answers.flatMap((answer) => answerLines(answer, wildcards)),
  ].join('\n')}\n`;
}

const configPath = (view: string): string => `${DNSMASQ_FOLDER}/${view}.conf`;

/** It forks once it listens, or fails with the reason. */
export const dnsmasq: Resolver = {
  kind: 'dnsmasq',
  package: 'dnsmasq-base',
  program: '/usr/sbin/dnsmasq',
  paths: (view) => [configPath(view)],
  files: (wanted) => ({
    config: { path: configPath(wanted.view.id), content: configText(wanted) },
    others: [],
  }),
  test: 'dnsmasq --test --conf-file="$temp"',
  service: `Type=forking
PIDFile=/run/bridgehead-dns-%i/pid
ExecStart=/usr/sbin/dnsmasq --conf-file=${configPath('%i')} --pid-file=/run/bridgehead-dns-%i/pid
`,
};
