import type { DnsQuestion } from '../../../../packets/programs/dns-program.js';
import type { Finding, GateContext } from '../../../gate.js';
import { markOf } from '../../resolver/resolver.js';
import { keyOf, type Reply, resolverText, type Seen } from './seen.js';

interface Circle {
  /** Whom a serving node asks for all other names; undefined: its own resolver. */
  readonly server?: string;
  /** A name whose TXT record only serving nodes have. */
  readonly mark: string;
  /** Names that nobody has: one below the zone, and one that has nothing to do with it. */
  readonly inside: string;
  readonly outside: string;
}

/** Seconds in which a resolver has found out that there is no such name. */
export const NAMELESS_SECONDS = 3;

/** What shows whether those that a serving node asks for all other names ask it in turn. */
export function circlesOf({ inventory, token }: GateContext<unknown>, node: string): readonly Circle[] {
  const { dns } = inventory;
  const [zone] = dns?.zones ?? [];
  if (dns === undefined || zone === undefined || !dns.serve.includes(node)) return [];
  const label = `bridgehead-${token.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`;
  // A domain in which nobody registers names, and that no resolver answers by itself.
  const outside = `${label}.arpa`;
  const base = { mark: markOf(zone), inside: `${label}.${zone}`, outside };
  if (dns.upstream.length > 0) return dns.upstream.map((server) => ({ server, ...base }));
  // unbound asks the zones' own servers.
  return dns.resolver === 'dnsmasq' ? [base] : [];
}

export const circleQuestions = (context: GateContext<unknown>, node: string): DnsQuestion[] =>
  circlesOf(context, node).flatMap(({ server, mark, inside, outside }) => {
    const base = { required: false, ...(server !== undefined && { server }) };
    return [
      { ...base, name: mark, type: 'TXT' as const },
      { ...base, name: inside, type: 'A' as const },
      { ...base, name: outside, type: 'A' as const },
    ];
  });

const NO_NAME = 3;

/** Any answer ends a circle, also that there is no such name. */
const isAnswered = (reply: Reply | undefined): boolean =>
  reply?.kind === 'answer' && (reply.code === 0 || reply.code === NO_NAME);

const failureText = (reply: Reply | undefined): string =>
  reply?.kind === 'answer' ? `gets an error (code ${reply.code})` : 'gets no answer';

/** Whoever a serving node asks for other names must not ask a serving node for them. */
export function judgeCircles(context: GateContext<unknown>, node: string, seen: Seen): Finding[] {
  const { inventory } = context;
  return circlesOf(context, node).flatMap(({ server, mark, inside, outside }): Finding[] => {
    const at = (name: string, type: 'A' | 'TXT'): Reply | undefined =>
      seen.replies.get(keyOf({ ...(server !== undefined && { server }), name, type }));
    const marked = at(mark, 'TXT');
    const isOurs =
      marked?.kind === 'answer' && marked.data.some((text) => text.startsWith(`${inventory.name} `));
    if (!isOurs) return [];
    const asked = server ?? (seen.resolver === undefined ? 'its own resolver' : resolverText(seen.resolver));
    const asksBack = `${asked}, which it asks, asks ${inventory.dns?.serve.join(' or ')} in turn`;
    const expected = `${node} asks others for names that are not in the inventory`;
    const fix = `write a resolver that asks none of your nodes into dns.upstream, such as your provider's, and run \`bridgehead apply\``;
    if (!isAnswered(at(outside, 'A'))) {
      return [
        {
          node,
          go: false,
          expected,
          seen: `${asksBack}: other names go round in a circle; ${outside} ${failureText(at(outside, 'A'))}`,
          fix: `${fix}; or have ${asked} ask somebody else`,
        },
      ];
    }
    if (isAnswered(at(inside, 'A'))) return [];
    const [zone = ''] = inventory.dns?.zones ?? [];
    return [
      {
        node,
        go: true,
        noted: true,
        expected,
        seen: `${asksBack} for ${zone}: names below it that are not in the inventory go round in a circle; ${inside} ${failureText(at(inside, 'A'))}`,
        fix,
      },
    ];
  });
}
