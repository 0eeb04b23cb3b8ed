import { familyOf } from '../../../model/address.js';
import { isWildcard } from '../../edge/inventory/host-name.js';
import { forInventory, OVERWRITTEN } from '../../shared/managed.js';
import type { Answer } from '../answers.js';
import { placeText } from '../views.js';
import { markOf, markText, type Resolver, TTL, type WantedView } from './resolver.js';

/**
 * `transparent`: a name that has an answer here has no other family; names below it are asked for elsewhere. A wildcard's
 * zone answers for all names below, and for its own.
 */
function answerLines({ name, addresses }: Answer): string[] {
  const zone = name.replace(/^\*\./, '');
  return [
    `\tlocal-zone: "${zone}." ${isWildcard(name) ? 'redirect' : 'transparent'}`,
    ...addresses.map(
      (address) => `\tlocal-data: "${zone}. ${TTL} IN ${familyOf(address) === 4 ? 'A' : 'AAAA'} ${address}"`,
    ),
  ];
}

function configText({ inventory, dns, view, answers }: WantedView): string {
  const { zones, upstream } = dns;
  return `${[
    OVERWRITTEN,
    forInventory(inventory),
    `# What ${placeText(view.place)} is answered.`,
    'server:',
    ...view.addresses.map((address) => `\tinterface: ${address}`),
    '\tip-freebind: yes',
    // It listens on nothing that others than those of the view reach.
    '\taccess-control: 0.0.0.0/0 allow',
    '\taccess-control: ::/0 allow',
    '\tusername: ""',
    '\tchroot: ""',
    '\tdirectory: ""',
    '\tpidfile: ""',
    '\tuse-syslog: no',
    '\tlogfile: ""',
    ...zones.map(
      (zone) => `\tlocal-data: '${markOf(zone)}. ${TTL} IN TXT "${markText(inventory, view.id)}"'`,
    ),
    ...answers.flatMap(answerLines),
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
  configPath: (view) => `/etc/unbound/bridgehead-${view}.conf`,
  configText,
  service: `Type=notify
ExecStart=/usr/sbin/unbound -d -p -c /etc/unbound/bridgehead-%i.conf
`,
};
