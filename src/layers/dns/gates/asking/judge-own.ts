import { isPrivate } from '../../../../model/address-purpose.js';
import { visitedName } from '../../../edge/gates/app/chains.js';
import type { Finding } from '../../../gate.js';
import type { Dns } from '../../inventory/types.js';
import { markText } from '../../resolver/resolver.js';
import { rebindNames } from '../../router-settings.js';
import { isSame } from './judge-way.js';
import { keyOf, resolverText, type Seen } from './seen.js';
import { type OwnQuestions, TYPES, wantedOf } from './ways.js';

interface Judged {
  readonly node: string;
  readonly inventory: string;
  readonly dns: Dns;
  readonly own: OwnQuestions;
}

/** Whether the resolver that a machine of the LAN has by itself passes the serving node's answers on. */
export function judgeOwn({ node, inventory, dns, own }: Judged, seen: Seen): Finding {
  const { way, mark } = own;
  const { view, addresses } = way;
  const base = { node, expected: `the resolver of ${node} itself answers as ${view.server} does` };
  if (seen.resolver === undefined) {
    const fix = `name one in /etc/resolv.conf of ${node}, such as ${addresses[0]}`;
    return { ...base, go: true, noted: true, seen: 'it has none', fix };
  }
  const resolver = resolverText(seen.resolver);
  const marked = seen.replies.get(keyOf({ name: mark, type: 'TXT' }));
  const isAsking = marked?.kind === 'answer' && marked.data.includes(markText(inventory, view.id));
  if (!isAsking) {
    const why =
      marked?.kind === 'lost' ? `${resolver} doesn't answer` : `${resolver} doesn't ask ${view.server}`;
    const fix = `if ${node} is to get the answers of the LAN, have the router give out ${addresses.join(' and ')}, or ask there; \`bridgehead dns records\` lists what to set`;
    return { ...base, go: true, noted: true, seen: why, fix };
  }
  const asked = own.private.flatMap((answer) =>
    TYPES.flatMap((type) => {
      const wanted = wantedOf(answer, type);
      const reply = seen.replies.get(keyOf({ name: visitedName(answer.name), type }));
      return wanted.length === 0 || reply?.kind !== 'answer'
        ? []
        : [{ answer, type, wanted, data: reply.data }];
    }),
  );
  const dropped = asked.find(({ wanted, data }) => wanted.some(isPrivate) && data.length === 0);
  if (dropped !== undefined) {
    const names = rebindNames(dns, own.private);
    return {
      ...base,
      go: false,
      seen: `${resolver} asks ${view.server}, but drops the ${dropped.type} record of ${dropped.answer.name}, which is private: rebind protection`,
      fix: rebindFix(names),
    };
  }
  const wrong = asked.find(({ wanted, data }) => !isSame(wanted, data));
  if (wrong !== undefined) {
    return {
      ...base,
      go: false,
      seen: `${resolver} answers ${wrong.type} ${wrong.data.join(', ')} for ${wrong.answer.name}, and ${view.server} ${wrong.wanted.join(', ')}`,
      fix: 'wait until what it has kept expires (60 s), or remove the name from its own configuration, and run the gate again',
    };
  }
  return { ...base, go: true, seen: `${resolver} asks it, and passes its answers on` };
}

function rebindFix(names: readonly string[]): string {
  const all = names.join(', ');
  return `allow private addresses for ${all} there: on a Fritz!Box, Home Network > Network > Network Settings > DNS Rebind Protection; in dnsmasq, rebind-domain-ok=/${names.join('/')}/; in unbound, ${names.map((name) => `private-domain: ${name}`).join(' and ')}`;
}
