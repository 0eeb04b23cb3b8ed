import { familyOf, hostRoute } from '../../../model/address.js';
import { PRIVATE_RANGES } from '../../../model/address-purpose.js';
import { isWildcard } from '../../edge/inventory/host-name.js';
import { forInventory, OVERWRITTEN } from '../../shared/managed.js';
import type { Answer } from '../answers.js';
import { placeText } from '../views.js';
import { markOf, markText, type Resolver, TTL, type WantedView } from './resolver.js';
import { challengesOf, covered, wildcardsOf, withGaps } from './wildcards.js';

const configPath = (view: string): string => `/etc/unbound/bridgehead-${view}.conf`;
const zonePath = (view: string): string => `/etc/unbound/bridgehead-${view}.zone`;

const recordOf = (address: string): string => `${familyOf(address) === 4 ? 'A' : 'AAAA'} ${address}`;

/** Without data of its own for a name, or for what is below it, the response policy is asked, and then others. */
const transparent = (name: string): string => `\tlocal-zone: "${name}." transparent`;

/** A name that has an answer has no other family. */
const answerLines = ({ name, addresses }: Answer): string[] => [
  transparent(name),
  ...addresses.map((address) => `\tlocal-data: "${name}. ${TTL} IN ${recordOf(address)}"`),
];

/**
 * Wildcards are a response policy: a local zone that redirects would take its own name as well, and could have no other name in it. What the
 * configuration answers, and what is asked for elsewhere, passes it.
 */
function zoneText({ answers }: WantedView): string {
  const wildcards = wildcardsOf(answers);
  const exact = answers.map(({ name }) => name).filter((name) => !isWildcard(name));
  const challenges = challengesOf(answers);
  return `${[
    `$TTL ${TTL}`,
    `@ SOA localhost. root.localhost. 1 3600 600 86400 ${TTL}`,
    '@ NS localhost.',
    ...covered([...challenges, ...exact], wildcards).map((name) => `${name} CNAME rpz-passthru.`),
    ...withGaps(wildcards, [...challenges, ...exact]).flatMap(({ base, addresses }) =>
      addresses.map((address) => `*.${base} ${recordOf(address)}`),
    ),
  ].join('\n')}\n`;
}

function configText({ inventory, dns, view, answers, sources }: WantedView): string {
  const { zones, upstream } = dns;
  const exact = answers.filter(({ name }) => !isWildcard(name));
  const wildcards = wildcardsOf(answers);
  return `${[
    OVERWRITTEN,
    forInventory(inventory),
    `# What ${placeText(view.place)} is answered.`,
    'server:',
    ...view.addresses.map((address) => `\tinterface: ${address}`),
    '\tip-freebind: yes',
    // Everybody else is refused.
    ...[...new Set([...PRIVATE_RANGES, ...sources, ...view.addresses.map(hostRoute)])].map(
      (range) => `\taccess-control: ${range} allow`,
    ),
    '\tusername: ""',
    '\tchroot: ""',
    '\tdirectory: ""',
    '\tpidfile: ""',
    '\tuse-syslog: no',
    '\tlogfile: ""',
    ...(wildcards.length === 0 ? [] : ['\tmodule-config: "respip validator iterator"']),
    ...zones.map(
      (zone) => `\tlocal-data: '${markOf(zone)}. ${TTL} IN TXT "${markText(inventory, view.id)}"'`,
    ),
    ...exact.flatMap(answerLines),
    // So that no zone that unbound has by itself, such as home.arpa, answers first.
    ...wildcards
      .filter(({ base }) => !exact.some(({ name }) => name === base))
      .map(({ base }) => transparent(base)),
    ...(wildcards.length === 0
      ? []
      : ['rpz:', '\tname: "bridgehead."', `\tzonefile: "${zonePath(view.id)}"`]),
    'remote-control:',
    '\tcontrol-enable: no',
    ...(upstream.length === 0
      ? []
      : ['forward-zone:', '\tname: "."', ...upstream.map((address) => `\tforward-addr: ${address}`)]),
  ].join('\n')}\n`;
}

/** Debian's AppArmor profile lets it read nothing but its own folder. */
export const unbound: Resolver = {
  kind: 'unbound',
  package: 'unbound',
  program: '/usr/sbin/unbound',
  paths: (view) => [zonePath(view), configPath(view)],
  files: (wanted) => {
    const { id } = wanted.view;
    const hasZone = wildcardsOf(wanted.answers).length > 0;
    return {
      config: { path: configPath(id), content: configText(wanted) },
      others: hasZone ? [{ path: zonePath(id), content: zoneText(wanted) }] : [],
    };
  },
  test: 'unbound-checkconf "$temp"',
  service: `Type=notify
ExecStart=/usr/sbin/unbound -d -p -c ${configPath('%i')}
`,
};
