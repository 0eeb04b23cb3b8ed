import { familyOf } from '../../../../model/address.js';
import type { Passage } from './passage.js';

/** Marks our rules among those of others. */
export function ruleMark(interfaceName: string): string {
  return `bridgehead-${interfaceName}`;
}

/** The arguments of `ufw route` that accept the passages, without a comment; UFW accepts answers anyway. */
export function ufwRules(interfaceName: string, passages: readonly Passage[]): string[] {
  return passages.map(({ fromTunnel, toTunnel, from, to, service, tunnel = interfaceName }) =>
    [
      'allow',
      ...(fromTunnel ? [`in on ${tunnel}`] : []),
      ...(toTunnel ? [`out on ${tunnel}`] : []),
      ...(from === undefined ? [] : [`from ${ufwAddress(from)}`]),
      ...(to === undefined ? [] : [`to ${ufwAddress(to)}`]),
      ...(service === undefined ? [] : [`port ${service.port} proto ${service.protocol}`]),
    ].join(' '),
  );
}

/** UFW shows a single address without a prefix length. */
const ufwAddress = (cidr: string): string => cidr.replace(familyOf(cidr) === 4 ? /\/32$/ : /\/128$/, '');

/** A passage as `iptables -S` writes its conditions. */
function conditions(
  interfaceName: string,
  { fromTunnel, toTunnel, from, to, service, tunnel = interfaceName }: Passage,
): string {
  return [
    ...(from === undefined ? [] : [`-s ${from}`]),
    ...(to === undefined ? [] : [`-d ${to}`]),
    ...(fromTunnel ? [`-i ${tunnel}`] : []),
    ...(toTunnel ? [`-o ${tunnel}`] : []),
    ...(service === undefined
      ? []
      : [`-p ${service.protocol} -m ${service.protocol} --dport ${service.port}`]),
  ].join(' ');
}

const inFamily = (family: 4 | 6, { from, to }: Passage): boolean =>
  [from, to].every((cidr) => cidr === undefined || familyOf(cidr) === family);

/** The lines of `iptables -S` that UFW makes of its rules for the passages, by rule. */
export function ufwLines(
  interfaceName: string,
  passages: readonly Passage[],
  family: 4 | 6,
): ReadonlyMap<string, string> {
  const chain = family === 4 ? 'ufw-user-forward' : 'ufw6-user-forward';
  const rules = ufwRules(interfaceName, passages);
  return new Map(
    passages.flatMap((passage, index): [string, string][] => {
      if (!inFamily(family, passage)) return [];
      return [[rules[index] ?? '', `-A ${chain} ${conditions(interfaceName, passage)} -j ACCEPT`]];
    }),
  );
}

/**
 * Rules for Docker's chain DOCKER-USER in the words of `iptables -S`, without chain and target: the passages, and the
 * answers to them. Docker's policy drops what no rule accepts.
 */
export function dockerRules(interfaceName: string, passages: readonly Passage[], family: 4 | 6): string[] {
  const mark = `-m comment --comment ${ruleMark(interfaceName)}`;
  const answers = '-m conntrack --ctstate RELATED,ESTABLISHED';
  const rules = passages
    .filter((passage) => inFamily(family, passage))
    .flatMap((passage) => {
      const own = `${conditions(interfaceName, passage)} ${mark}`;
      if (passage.fromTunnel && passage.toTunnel) return [own];
      const tunnel = passage.tunnel ?? interfaceName;
      return [own, `${passage.fromTunnel ? '-o' : '-i'} ${tunnel} ${answers} ${mark}`];
    });
  return [...new Set(rules)];
}
