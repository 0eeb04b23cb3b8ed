import { all, type Lines } from '../../remote/reply-lines.js';
import firewalld from './firewalld.sh';

/** A zone as `firewall-cmd --list-all-zones` shows it. */
export interface FirewalldZone {
  readonly name: string;
  /** `default` and `%%REJECT%%` reject what no rule accepts, `DROP` drops it, `ACCEPT` lets it in. */
  readonly target: string;
  readonly interfaces: readonly string[];
  readonly sources: readonly string[];
  readonly services: readonly string[];
  /** `443/tcp`, `60000-61000/udp`. */
  readonly ports: readonly string[];
  /** Rich rules as firewalld writes them. */
  readonly rules: readonly string[];
}

export interface FirewalldState {
  readonly running: boolean;
  /** Whether it starts at boot. */
  readonly enabled: boolean;
  /** Whether its rules are those of iptables. */
  readonly iptables: boolean;
  /** Whether the kernel has its table. */
  readonly loaded: boolean;
  /** The zone of whatever is in no other. */
  readonly defaultZone: string;
  readonly live: readonly FirewalldZone[];
  /** What it has from its next start or reload on. */
  readonly permanent: readonly FirewalldZone[];
}

/** sh that prints firewalld's state. */
export const READ_FIREWALLD = firewalld;

/** Undefined if it neither runs nor starts at boot, and nobody has changed its zones. */
export function parseFirewalld(lines: Lines): FirewalldState | undefined {
  const words = all(lines, 'firewalld').flat();
  if (words.length === 0) return undefined;
  const [[defaultZone = ''] = []] = all(lines, 'firewalld-default');
  return {
    running: words.includes('running'),
    enabled: words.includes('enabled'),
    iptables: words.includes('iptables'),
    loaded: words.includes('loaded'),
    defaultZone,
    live: zonesIn(all(lines, 'firewalld-live')),
    permanent: zonesIn(all(lines, 'firewalld-permanent')),
  };
}

const LISTS = ['interfaces', 'sources', 'services', 'ports'] as const;

type Draft = { -readonly [key in keyof FirewalldZone]: FirewalldZone[key] };

function zonesIn(lines: Lines): FirewalldZone[] {
  const zones: Draft[] = [];
  for (const [word = '', ...rest] of lines) {
    if (word === 'zone') zones.push(empty(rest[0] ?? ''));
    const zone = zones.at(-1);
    if (zone === undefined) continue;
    const list = LISTS.find((one) => `${one}:` === word);
    if (word === 'target:') zone.target = rest.join(' ');
    else if (list !== undefined) zone[list] = rest;
    else if (word === 'rich-rule') zone.rules = [...zone.rules, rest.join(' ')];
  }
  return zones;
}

const empty = (name: string): Draft => ({
  name,
  target: 'default',
  interfaces: [],
  sources: [],
  services: [],
  ports: [],
  rules: [],
});
