import { overlaps, spanOf } from '../../network/address.js';
import { type Closing, courseOf, type Firewall, type Match } from './firewall.js';

/** The first TCP packet of a connection that a node passes on. */
export interface Crossing {
  readonly family: 4 | 6;
  /** Device by which it comes in; undefined when that isn't known but for not being the tunnel. */
  readonly in: string | undefined;
  readonly out: string | undefined;
  readonly tunnel: string;
  /** CIDR, where its source is known. */
  readonly from?: string;
  readonly to?: string;
}

const opposite: Readonly<Record<Match, Match>> = { yes: 'no', maybe: 'maybe', no: 'yes' };

const items = (set: string): readonly string[] =>
  set
    .replace(/[{}"]/g, '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function device(names: readonly string[], actual: string | undefined, tunnel: string): Match {
  const fits = (name: string, like: string): boolean =>
    like.endsWith('*') ? name.startsWith(like.slice(0, -1)) : name === like;
  if (actual !== undefined) return names.some((like) => fits(actual, like)) ? 'yes' : 'no';
  return names.every((like) => fits(tunnel, like) && !like.endsWith('*')) ? 'no' : 'maybe';
}

function address(ranges: readonly string[], cidr: string | undefined): Match {
  if (cidr === undefined || ranges.some((range) => !/^[\da-f.:]+(\/\d+)?$/i.test(range))) return 'maybe';
  const span = spanOf(cidr);
  if (!ranges.some((range) => overlaps(spanOf(range), span))) return 'no';
  const holds = ranges.map(spanOf).some((range) => range.first <= span.first && span.last <= range.last);
  return holds ? 'yes' : 'maybe';
}

/** Whether a rule's conditions fit the packet; what isn't understood is `maybe`. */
function fits(conditions: string, crossing: Crossing): Match {
  const found: Match[] = [];
  let rest = conditions;
  const take = (pattern: RegExp, judge: (groups: readonly string[]) => Match): void => {
    rest = rest.replace(pattern, (_, ...groups: string[]) => {
      const [not = ''] = groups.filter((group) => group === '!= ');
      const match = judge(groups);
      found.push(not ? opposite[match] : match);
      return ' ';
    });
  };
  take(/\bct state (!= )?(\{[^}]*\}|\S+)/g, ([, states = '']) =>
    /\b(new|untracked)\b/.test(states) ? 'yes' : 'no',
  );
  take(/\b([io])if(?:name)? (!= )?(\{[^}]*\}|"[^"]*"|\S+)/g, ([way, , names = '']) =>
    device(items(names), way === 'i' ? crossing.in : crossing.out, crossing.tunnel),
  );
  take(/\b(ip6?) ([sd])addr (!= )?(\{[^}]*\}|\S+)/g, ([family, way, , ranges = '']) => {
    if ((family === 'ip' ? 4 : 6) !== crossing.family) found.push('no');
    return address(items(ranges), way === 's' ? crossing.from : crossing.to);
  });
  take(/\b(?:ip protocol|ip6 nexthdr|meta l4proto) (!= )?(\{[^}]*\}|\S+)/g, ([, protocols = '']) =>
    items(protocols).some((protocol) => protocol === 'tcp' || protocol === '6') ? 'yes' : 'no',
  );
  take(/\bmeta nfproto (!= )?(\S+)/g, ([, family]) =>
    family === (crossing.family === 4 ? 'ipv4' : 'ipv6') ? 'yes' : 'no',
  );
  if (found.includes('no') || /\b(udp|udplite|icmp|icmpv6|igmp|sctp|dccp|esp|ah) /.test(rest)) return 'no';
  return found.includes('maybe') || rest.trim() !== '' ? 'maybe' : 'yes';
}

/** What drops a packet for sure: a rule, or no rule, which is the policy. */
export interface Drop {
  readonly by?: Closing;
}

/** What of a firewall clearly drops the packet: no rule on the way can let it through, not even under conditions. */
export function dropOf(firewall: Firewall, crossing: Crossing): Drop | undefined {
  if (/^table (ip6?) /.exec(firewall.name)?.[1] === (crossing.family === 4 ? 'ip6' : 'ip')) return undefined;
  if (firewall.name === (crossing.family === 4 ? 'ip6tables' : 'iptables')) return undefined;
  let by: Closing | undefined;
  const course = courseOf(
    firewall,
    (conditions) => fits(conditions, crossing),
    (closing) => {
      by = closing;
    },
  );
  if (course === 'closed') return by === undefined ? {} : { by };
  return course === 'through' && firewall.drops ? {} : undefined;
}

/** Whose rule or policy it is that drops, as far as chains' names tell. */
export function ownerOf({ chains }: Firewall, { by }: Drop = {}): 'Docker' | 'UFW' | undefined {
  const names = by === undefined ? [...chains.keys()] : [by.chain];
  if (names.some((name) => name.startsWith('ufw-') || name.startsWith('ufw6-'))) return 'UFW';
  return names.some((name) => name.startsWith('DOCKER')) ? 'Docker' : undefined;
}
