import type { UfwRule, UfwState } from '../../../facts/firewall/ufw.js';
import { familyOf, hostRoute, isWithin } from '../../../model/address.js';
import type { Opening } from '../../../model/inventory.js';
import { MARK } from '../table/paths.js';

/** One rule as `ufw allow` takes it. */
export interface UfwWanted {
  readonly families: readonly (4 | 6)[];
  readonly protocol: 'tcp' | 'udp';
  /** `443` or `60000:61000`. */
  readonly port: string;
  /** CIDR; undefined for anyone. */
  readonly from: string | undefined;
  readonly interface?: string;
  readonly isSsh: boolean;
}

const ANY = { 4: '0.0.0.0/0', 6: '::/0' } as const;

/** The rules for openings, SSH first; without those that UFW can't have. */
export function ufwWanted(openings: readonly Opening[], { ipv6 }: Pick<UfwState, 'ipv6'>): UfwWanted[] {
  const usable: readonly (4 | 6)[] = ipv6 ? [4, 6] : [4];
  const wanted = openings.flatMap((opening): UfwWanted[] => {
    const { protocol, port, toPort, sources, interface: device, isSsh = false } = opening;
    const base = {
      protocol,
      port: toPort === undefined ? `${port}` : `${port}:${toPort}`,
      ...(device !== undefined && { interface: device }),
      isSsh,
    };
    if (sources === 'anyone') return [{ ...base, families: usable, from: undefined }];
    return sources
      .filter((from) => usable.includes(familyOf(from)))
      .map((from) => ({ ...base, families: [familyOf(from)], from }));
  });
  return [...wanted.filter(({ isSsh }) => isSsh), ...wanted.filter(({ isSsh }) => !isSsh)];
}

/** The arguments after `ufw`, without a comment. */
export function ufwWords({ interface: device, protocol, from, port }: UfwWanted): string[] {
  const on = device === undefined ? [] : ['in', 'on', device];
  return ['allow', ...on, 'proto', protocol, 'from', from ?? 'any', 'to', 'any', 'port', port];
}

const cidr = (text: string): string => (text.includes('/') ? text : hostRoute(text));

/** Whether a rule is about exactly the packets of a wanted one, whatever it does with them. */
export function isSame(rule: UfwRule, wanted: UfwWanted): boolean {
  return (
    wanted.families.includes(rule.family) &&
    rule.protocol === wanted.protocol &&
    rule.port === wanted.port &&
    cidr(rule.from) === (wanted.from ?? ANY[rule.family]) &&
    cidr(rule.to) === ANY[rule.family] &&
    rule.fromPort === 'any' &&
    rule.interface === wanted.interface
  );
}

/** Whether a rule lets in all packets of a wanted one in its family. */
function covers(rule: UfwRule, wanted: UfwWanted): boolean {
  const accepts = rule.action === 'allow' || rule.action === 'limit';
  const port = rule.port === 'any' || rule.port.split(',').some((one) => spans(one, wanted.port));
  const from = isWithin(wanted.from ?? ANY[rule.family], cidr(rule.from));
  return (
    accepts &&
    port &&
    from &&
    (rule.protocol === 'any' || rule.protocol === wanted.protocol) &&
    cidr(rule.to) === ANY[rule.family] &&
    rule.fromPort === 'any' &&
    (rule.interface === undefined || rule.interface === wanted.interface)
  );
}

/** Whether a port or a range of them contains another. */
export function spans(outer: string, inner: string): boolean {
  const [first = 0, last = first] = outer.split(':').map(Number);
  const [from = 0, to = from] = inner.split(':').map(Number);
  return first <= from && to <= last;
}

/** Whether UFW's files let in what is wanted, in every family. */
export const isAllowed = (rules: readonly UfwRule[], wanted: UfwWanted): boolean =>
  missingFrom(rules, wanted) === undefined;

/** What UFW's files don't let in of what is wanted, by family; undefined if they let in all of it. */
export function missingFrom(rules: readonly UfwRule[], wanted: UfwWanted): UfwWanted | undefined {
  const families = wanted.families.filter(
    (family) => !rules.some((rule) => rule.family === family && covers(rule, wanted)),
  );
  const [family] = families;
  if (family === undefined || families.length === wanted.families.length) return family && wanted;
  return { ...wanted, families, from: ANY[family] };
}

/** Our own rules. */
export const ownRules = ({ rules }: UfwState): readonly UfwRule[] =>
  rules.filter(({ comment }) => comment === MARK);

/**
 * Rules in words that delete them and no others: `from any` would mean both families, so a rule that is only there in one
 * says which.
 */
export function asWanted(rules: readonly UfwRule[], { ipv6 }: Pick<UfwState, 'ipv6'>): UfwWanted[] {
  const each = rules.map(
    ({ family, protocol, port, from, interface: device }): UfwWanted => ({
      families: [family],
      protocol: protocol === 'udp' ? 'udp' : 'tcp',
      port,
      from: cidr(from),
      ...(device !== undefined && { interface: device }),
      isSsh: false,
    }),
  );
  const keyOf = (one: UfwWanted): string => ufwWords({ ...one, from: undefined }).join(' ');
  const sixes = new Set(each.filter(({ from }) => from === ANY[6]).map(keyOf));
  const fours = new Set(each.filter(({ from }) => from === ANY[4]).map(keyOf));
  return each.flatMap((one): UfwWanted[] => {
    const key = keyOf(one);
    if (one.from === ANY[6] && fours.has(key)) return [];
    if (one.from !== ANY[4] || (ipv6 && !sixes.has(key))) return [one];
    return [{ ...one, families: ipv6 ? [4, 6] : [4], from: undefined }];
  });
}
