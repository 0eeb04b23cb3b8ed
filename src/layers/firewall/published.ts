import { causeText, ownerOf } from '../../facts/firewall/cause.js';
import { courseOf, plain } from '../../facts/firewall/evaluate.js';
import { fits, type Packet } from '../../facts/firewall/packet.js';
import { parseRuleset, type Table } from '../../facts/firewall/ruleset.js';
import { type PortRange, type Translation, translationsIn } from '../../facts/firewall/translation.js';
import { hostRoute } from '../../model/address.js';
import { isCalledInside } from '../host/forwarding/inside.js';
import { othersTables } from './others.js';
import type { SeenFirewall } from './probe/seen.js';
import { TABLE } from './table/paths.js';

/** A port that others' rules translate, and that is no longer reached by everyone whom it was open for. */
export interface Stopped extends PortRange {
  /** Who may still reach it: `192.168.1.0/24`, `10.0.0.0/24 through wg0`. */
  readonly but: readonly string[];
  readonly translation: Translation;
}

/** What one of our rules lets in: of ports, from whom. */
interface Accepted extends PortRange {
  /** Empty: anyone. */
  readonly from: string;
}

const FORWARDED = /^(.*?) ?meta l4proto (tcp|udp) ct original proto-dst (\d+)(?:-(\d+))? accept$/;
const INCOMING = /^(.*?) ?(tcp|udp) dport (\d+)(?:-(\d+))? accept$/;

/** What a chain of our table accepts by port; undefined if there is no such chain. */
function acceptedIn(tables: readonly Table[], name: 'published' | 'input'): readonly Accepted[] | undefined {
  const chain = tables.find((table) => table.name === TABLE)?.chains.get(name);
  return chain?.rules.flatMap(({ text }) => {
    const like = name === 'published' ? FORWARDED : INCOMING;
    const [, from = '', protocol, first, last = first] = like.exec(plain(text)) ?? [];
    if (protocol !== 'tcp' && protocol !== 'udp') return [];
    return [{ protocol, port: Number(first), toPort: Number(last), from: sorted(from) }];
  });
}

/** The same text for the same senders, in whatever order nft shows them. */
const sorted = (from: string): string =>
  from
    .replaceAll('"', '')
    .replace(/\{([^}]*)\}/, (_, items: string) =>
      items
        .split(',')
        .map((item) => item.trim())
        .sort()
        .join(', '),
    )
    .trim();

const covers = (outer: PortRange, inner: PortRange): boolean =>
  outer.protocol === inner.protocol && outer.port <= inner.port && inner.toPort <= outer.toPort;

/** A range in pieces, each of which is accepted completely or not at all. */
function piecesOf(range: PortRange, accepted: readonly Accepted[]): PortRange[] {
  const { protocol, port, toPort } = range;
  const starts = accepted
    .filter((one) => one.protocol === protocol)
    .flatMap((one) => [one.port, one.toPort + 1])
    .filter((start) => port < start && start <= toPort);
  const all = [...new Set([port, ...starts])].sort((one, other) => one - other);
  return all.map((start, index) => ({ protocol, port: start, toPort: (all[index + 1] ?? toPort + 1) - 1 }));
}

/** Families of the packets that a rule may translate. */
const familiesOf = ({ cause, conditions }: Translation, { protocol, port, toPort }: PortRange) =>
  ([4, 6] as const).filter((family) => {
    const { family: own } = cause.table;
    const packet: Packet = { family, protocol, ...(port === toPort && { port }), notIn: ['lo'] };
    return (own === 'inet' || own === (family === 4 ? 'ip' : 'ip6')) && fits(conditions, packet) !== 'no';
  });

const whoOf = (from: string): string => {
  const [, device] = /\biifname (\S+)/.exec(from) ?? [];
  const [, sources = 'anyone'] = /\bsaddr (.+)$/.exec(from) ?? [];
  return device === undefined ? sources : `${sources} through ${device}`;
};

/** Whether it is only about packets of the machine's own containers and guests, which stay as they are. */
function isForInside({ conditions }: Translation, uplinks: readonly string[]): boolean {
  const [, device] = /\biif(?:name)? "([^"]+)"/.exec(conditions) ?? [];
  return device !== undefined && isCalledInside(device) && !uplinks.includes(device);
}

/**
 * What loading the table stops of the ports that others' rules translate.
 *
 * @param text The rules that are loaded.
 */
export function stoppedBy(text: string, seen: SeenFirewall): Stopped[] {
  const others = othersTables(seen);
  if (others === undefined || seen.tables === undefined) return [];
  const wanted = parseRuleset(text.split('\n'));
  const ours = seen.own.table === undefined ? [] : seen.tables;
  return translationsIn(others)
    .filter((one) => !isForInside(one, seen.uplinks))
    .flatMap((translation) => {
      const chain = translation.isRedirect ? 'input' : 'published';
      const after = acceptedIn(wanted, chain);
      if (after === undefined) return [];
      const before = acceptedIn(ours, chain);
      return translation.ports.flatMap((range) => stoppedOf({ translation, before, after, others }, range));
    });
}

interface Judged {
  readonly translation: Translation;
  /** Undefined if our table closes nothing yet. */
  readonly before: readonly Accepted[] | undefined;
  readonly after: readonly Accepted[];
  readonly others: readonly Table[];
}

function stoppedOf({ translation, before, after, others }: Judged, range: PortRange): Stopped[] {
  const families = familiesOf(translation, range).filter(
    (family) => !isDroppedAnyway(others, translation, { ...range, family }),
  );
  if (families.length === 0) return [];
  const { isRedirect, to } = translation;
  // A rule for incoming packets sees the port that they were given.
  const judged = isRedirect && to.port !== undefined ? { ...range, port: to.port, toPort: to.port } : range;
  const isSeen = ({ from }: Accepted): boolean =>
    families.some((family) => !new RegExp(`\\b${family === 4 ? 'ip6' : 'ip'} saddr`).test(from));
  return piecesOf(judged, [...after, ...(before ?? [])]).flatMap((piece) => {
    const fromOf = (all: readonly Accepted[]): string[] =>
      all.filter((one) => covers(one, piece) && isSeen(one)).map(({ from }) => from);
    const now = fromOf(after);
    const old = before === undefined ? [''] : fromOf(before);
    if (now.includes('') || old.every((from) => now.includes(from))) return [];
    return [{ ...(judged === range ? piece : range), but: now.map(whoOf), translation }];
  });
}

function isDroppedAnyway(
  others: readonly Table[],
  { to, isRedirect }: Translation,
  { family, protocol, port, toPort }: PortRange & { readonly family: 4 | 6 },
): boolean {
  const isOne = to.port ?? (port === toPort ? port : undefined);
  const packet: Packet = {
    family,
    protocol,
    ...(isOne !== undefined && { port: isOne }),
    ...(to.address !== undefined && { to: hostRoute(to.address) }),
    ...(!isRedirect && { isPassedOn: true as const }),
    notIn: ['lo'],
  };
  return courseOf(others, packet).drop !== undefined;
}

const rangeText = ({ protocol, port, toPort }: PortRange): string =>
  `${port}${toPort === port ? '' : `-${toPort}`}/${protocol}`;

const butText = ({ but }: Stopped): string => (but.length === 0 ? '' : `, but from ${but.join(', ')}`);

/** Ports that are named in one line; the rest are counted. */
const NAMED = 6;

/** `8080/tcp (Docker), 53/udp, but from 192.168.1.0/24` */
export function stoppedText(all: readonly Stopped[]): string {
  const texts = all.map((one) => {
    const owner = ownerOf(one.translation.cause);
    return `${rangeText(one)}${owner === undefined ? '' : ` (${owner})`}${butText(one)}`;
  });
  const each = [...new Set(texts)];
  const rest = each.length - NAMED;
  return rest > 1 ? `${each.slice(0, NAMED).join('; ')}; and ${rest} more` : each.join('; ');
}

/** A line for each, with its rule. */
export const stoppedDiff = (all: readonly Stopped[]): string =>
  [
    ...new Set(all.map((one) => `-${rangeText(one)}${butText(one)}: ${causeText(one.translation.cause)}`)),
  ].join('\n');
