import { parseFilterRules, parseRuleset, type Table } from '../../../../facts/firewall/ruleset.js';
import type { Network } from '../../../../model/inventory.js';
import { all, GarbledReply, type Lines, numbered } from '../../../../remote/reply-lines.js';
import { parseWiped, type Wiped } from '../../../host/forwarding/wiped.js';
import { type BootSettings, parseBootSettings } from '../../../host/kernel/boot-settings.js';
import { FIREWALL_LINES } from '../pristine/probe.js';

export interface SeenNetwork {
  /** The table's lines as they are now; empty if there is no table. */
  readonly live: readonly string[];
  /** Checksum of the loaded file, and the table's lines right after loading; empty if not recorded. */
  readonly sum: string | undefined;
  readonly loaded: readonly string[];
  readonly enabled: boolean;
  /** Device by the place that it leads to. */
  readonly devices: ReadonlyMap<string, string>;
}

export interface Seen {
  readonly nft: boolean;
  /** By family; undefined if the kernel has no such switch. */
  readonly switches: Readonly<Record<4 | 6, string | undefined>>;
  /** What sets kernel values at boot. */
  readonly boot: BootSettings;
  readonly networks: readonly SeenNetwork[];
  /** Tables of others. */
  readonly firewalls: readonly Table[];
  /** What has too many rules to be judged: `table inet filter`, `iptables`. */
  readonly unjudged: readonly string[];
  readonly wiped: Wiped;
}

export const SWITCHES = { 4: 'net/ipv4/ip_forward', 6: 'net/ipv6/conf/all/forwarding' } as const;
function grouped(lines: Lines, word: string): ReadonlyMap<string, readonly string[]> {
  const tables = new Map<string, string[]>();
  for (const [key = '', ...line] of all(lines, word)) {
    tables.set(key, [...(tables.get(key) ?? []), line.join(' ')]);
  }
  return tables;
}

function parseNetwork(lines: Lines, number: number): SeenNetwork {
  const own = (word: string) => numbered(lines, word, number);
  const [unit] = own('unit');
  if (unit === undefined) throw new GarbledReply('no answer about the unit');
  const [sum, ...loaded] = own('loaded').map((words) => words.join(' '));
  return {
    live: own('live').map((words) => words.join(' ')),
    sum: sum?.split(' ')[0],
    loaded,
    enabled: unit.includes('UnitFileState=enabled'),
    devices: new Map(
      own('device').flatMap(([place = '', ...route]) => {
        const device = route[route.indexOf('dev') + 1];
        return route.includes('dev') && device !== undefined ? [[place, device] as const] : [];
      }),
    ),
  };
}

/** Parses the reply to the probe of the gate forwarding. */
export function parseForwardingProbe(lines: Lines, networks: readonly Network[]): Seen {
  const values = new Map(all(lines, 'sysctl').map(([path = '', value]) => [path, value]));
  const others = new Map([
    ...[...grouped(lines, 'nft')].map(([key, rules]) => [`table ${key.replace('.', ' ')}`, rules] as const),
    ...(['iptables', 'ip6tables'] as const).map(
      (tool) => [tool, all(lines, tool).map((words) => words.join(' '))] as const,
    ),
  ]);
  const unjudged = [...others].flatMap(([name, rules]) => (rules.length < FIREWALL_LINES ? [] : [name]));
  const judged = [...others].filter(([name]) => !unjudged.includes(name));
  return {
    wiped: parseWiped(lines),
    nft: all(lines, 'no-nft').length === 0,
    switches: { 4: values.get(SWITCHES[4]), 6: values.get(SWITCHES[6]) },
    boot: parseBootSettings(lines.map((words) => words.join(' '))),
    networks: networks.map((_, number) => parseNetwork(lines, number)),
    firewalls: judged.flatMap(([name, rules]) => {
      if (name === 'iptables') return parseFilterRules(rules, 'ip');
      return name === 'ip6tables' ? parseFilterRules(rules, 'ip6') : parseRuleset(rules);
    }),
    unjudged,
  };
}

/** Rules that were loaded and are missing now, and rules that were added since. */
export function difference({ live, loaded }: SeenNetwork): string {
  const missing = loaded.filter((line) => !live.includes(line) && line !== '}');
  const added = live.filter((line) => !loaded.includes(line) && line !== '}');
  const texts = [
    ...(missing.length > 0 ? [`missing: ${missing.join('; ')}`] : []),
    ...(added.length > 0 ? [`not ours: ${added.join('; ')}`] : []),
  ];
  return texts.length > 0 ? texts.join('; ') : 'its rules are in a different order';
}
