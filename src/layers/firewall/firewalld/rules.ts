import type { FirewalldState, FirewalldZone } from '../../../facts/firewall/firewalld.js';
import { ZONE_PRIORITY } from '../../../guard/index.js';
import { familyOf, hostRoute, isWithin } from '../../../model/address.js';
import type { Opening } from '../../../model/inventory.js';
import { zonesInUse, zonesOf } from './zones.js';

/** What one rich rule accepts. */
export interface RichWanted {
  /** Both families if left out. */
  readonly family?: 4 | 6;
  /** CIDR; undefined for anyone. */
  readonly from?: string;
  readonly protocol: string;
  /** `443` or `60000-61000`. */
  readonly port: string;
}

/** What a zone has to accept, SSH first. */
export interface ZoneWanted {
  readonly zone: string;
  readonly rules: readonly RichWanted[];
}

/** What others have said about packets of one kind. */
interface RichRule extends RichWanted {
  readonly accepts: boolean;
  readonly refuses: boolean;
}

const distinct = <T>(all: readonly T[]): T[] => [
  ...new Map(all.map((one) => [JSON.stringify(one), one])).values(),
];

function wantedOf({ protocol, port, toPort, sources }: Opening): RichWanted[] {
  const base = { protocol, port: toPort === undefined ? `${port}` : `${port}-${toPort}` };
  if (sources === 'anyone') return [base];
  return sources.map((from) => ({
    ...base,
    family: familyOf(from),
    ...(!from.endsWith('/0') && { from }),
  }));
}

/** The rules of every zone in use; an opening through an interface only goes where its packets get to. */
export function zonesWanted(
  openings: readonly Opening[],
  state: FirewalldState,
  uplinks: readonly string[],
): ZoneWanted[] {
  const used = zonesInUse(state, uplinks);
  const places = openings.map((opening) => ({
    zones: opening.interface === undefined ? used : zonesOf(opening.interface, state),
    isSsh: opening.isSsh === true,
    rules: wantedOf(opening),
  }));
  const names = [...new Set([...used, ...places.flatMap(({ zones }) => zones)])];
  return names.map((zone) => {
    const own = places.filter(({ zones }) => zones.includes(zone));
    const ssh = own.filter(({ isSsh }) => isSsh);
    const others = own.filter(({ isSsh }) => !isSsh);
    return { zone, rules: distinct([...ssh, ...others].flatMap(({ rules }) => rules)) };
  });
}

/** The rule as firewalld writes it; ours unless it has another priority. */
export function richRule({ family, from, protocol, port }: RichWanted, priority = ZONE_PRIORITY): string {
  return [
    'rule',
    ...(priority === 0 ? [] : [`priority="${priority}"`]),
    ...(family === undefined ? [] : [`family="ipv${family}"`]),
    ...(from === undefined ? [] : [`source address="${from}"`]),
    `port port="${port}" protocol="${protocol}"`,
    'accept',
  ].join(' ');
}

export const isOurs = (rule: string): boolean => rule.startsWith(`rule priority="${ZONE_PRIORITY}" `);

const RICH =
  /^rule(?: priority="-?\d+")?(?: family="ipv([46])")?(?: source address="([^"]*)")? port port="([^"]*)" protocol="([^"]*)"((?: \S.*)?)$/;

/** A rich rule about a port; undefined if it says more than what it is about and what becomes of it. */
export function parseRich(text: string): RichRule | undefined {
  const [, family, address, port, protocol, rest = ''] = RICH.exec(text) ?? [];
  if (port === undefined || protocol === undefined) return undefined;
  const from = address === undefined || address.includes('/') ? address : hostRoute(address);
  return {
    ...(family !== undefined && { family: family === '6' ? 6 : 4 }),
    ...(from !== undefined && !from.endsWith('/0') && { from }),
    port,
    protocol,
    accepts: / accept$/.test(rest),
    refuses: /(^| )(reject|drop)( |$)/.test(rest),
  };
}

/** Whether a rule is about exactly the packets of a wanted one. */
export const isSame = (one: RichWanted, other: RichWanted): boolean => richRule(one) === richRule(other);

/** Whether a port or a range of them, `443` or `60000-61000`, contains another. */
export function spans(outer: string, inner: string): boolean {
  const [first = 0, last = first] = outer.split('-').map(Number);
  const [from = 0, to = from] = inner.split('-').map(Number);
  return first <= from && to <= last;
}

const covers = (outer: RichWanted, inner: RichWanted): boolean =>
  outer.protocol === inner.protocol &&
  spans(outer.port, inner.port) &&
  (outer.family === undefined || outer.family === inner.family) &&
  (outer.from === undefined || (inner.from !== undefined && isWithin(inner.from, outer.from)));

/** Whether a zone lets in by rules of others all that is wanted. */
export function isAllowedByOthers(zone: FirewalldZone, wanted: RichWanted): boolean {
  const ports = zone.ports.some((one) => {
    const [port = '', protocol = ''] = one.split('/');
    return covers({ port, protocol }, wanted);
  });
  const services = zone.services.includes('ssh') && covers({ port: '22', protocol: 'tcp' }, wanted);
  const rules = zone.rules
    .filter((text) => !isOurs(text))
    .map(parseRich)
    .some((rule) => rule?.accepts === true && covers(rule, wanted));
  return zone.target === 'ACCEPT' || ports || services || rules;
}
