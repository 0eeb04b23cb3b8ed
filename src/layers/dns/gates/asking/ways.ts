import { familyOf } from '../../../../model/address.js';
import { isPrivate } from '../../../../model/address-purpose.js';
import type { DnsQuestion } from '../../../../packets/programs/dns-program.js';
import { visitedName } from '../../../edge/gates/app/chains.js';
import type { GateContext } from '../../../gate.js';
import { type Answer, answersAt } from '../../answers.js';
import { markOf } from '../../resolver/resolver.js';
import { addressesAt, type ServedView, servedViews } from '../../views.js';
import { circleQuestions } from './circle.js';

/** A place of a serving node as one node asks there. */
export interface Way {
  readonly view: ServedView;
  /** Those of the server in the families that the node has there, too. */
  readonly addresses: readonly string[];
  /** What has to be answered. */
  readonly answers: readonly Answer[];
}

export const TYPES = ['A', 'AAAA'] as const;
export type Type = (typeof TYPES)[number];

/** Names that are asked of a machine's own resolver, at most. */
const MOST_OWN = 12;

/** Addresses of one family that an answer has to have. */
export const wantedOf = ({ addresses }: Answer, type: Type): readonly string[] =>
  addresses.filter((address) => familyOf(address) === (type === 'A' ? 4 : 6));

/** What a node asks: of each serving node, at each place that both are in. */
export function waysOf({ inventory, facts, counts }: GateContext<unknown>, node: string): Way[] {
  const { dns } = inventory;
  if (dns === undefined) return [];
  return dns.serve
    .filter((server) => counts?.(node, server) !== false)
    .flatMap((server) => servedViews(inventory, facts, server))
    .flatMap((view): Way[] => {
      const own = addressesAt(inventory, facts, view.place, node).map(familyOf);
      const addresses = view.addresses.filter((address) => own.includes(familyOf(address)));
      if (addresses.length === 0) return [];
      return [{ view, addresses, answers: answersAt({ inventory, facts, place: view.place }, dns) }];
    });
}

/** What shows whether the resolver that a machine of the LAN has asks the serving node, and drops what leads into the LAN. */
export interface OwnQuestions {
  readonly way: Way;
  /** A name whose TXT record the serving node has. */
  readonly mark: string;
  /** Answers with private addresses. */
  readonly private: readonly Answer[];
}

/** None on a serving node, and where nothing leads into the LAN. */
export function ownQuestions(context: GateContext<unknown>, node: string): OwnQuestions | undefined {
  const { dns } = context.inventory;
  const way = waysOf(context, node).find(({ view }) => view.place.kind === 'lan');
  const [zone] = dns?.zones ?? [];
  if (way === undefined || zone === undefined || dns?.serve.includes(node) !== false) return undefined;
  const leading = way.answers.filter(({ addresses }) => addresses.some(isPrivate)).slice(0, MOST_OWN);
  return leading.length === 0 ? undefined : { way, mark: markOf(zone), private: leading };
}

/** All questions of a node, in the order of their numbers in the reply. */
export function questionsOf(context: GateContext<unknown>, node: string): DnsQuestion[] {
  const asked = waysOf(context, node).flatMap(({ addresses, answers }) =>
    addresses.flatMap((server) =>
      answers.flatMap(({ name }) =>
        TYPES.map((type): DnsQuestion => ({ required: true, server, name: visitedName(name), type })),
      ),
    ),
  );
  const own = ownQuestions(context, node);
  if (own === undefined) return [...asked, ...circleQuestions(context, node)];
  return [
    ...asked,
    { required: false, name: own.mark, type: 'TXT' },
    ...own.private.flatMap(({ name }) =>
      TYPES.map((type): DnsQuestion => ({ required: false, name: visitedName(name), type })),
    ),
  ];
}

/** Addresses to which a node opens a connection, in the order of their numbers in the reply. */
export const tcpTargets = (context: GateContext<unknown>, node: string): readonly string[] =>
  waysOf(context, node).flatMap(({ addresses }) => addresses);
