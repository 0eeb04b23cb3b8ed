import { type Cause, plain, seesFamily } from './evaluate.js';
import { fits, type Packet } from './packet.js';
import type { Table } from './ruleset.js';

export interface PortRange {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** The last one, which may be the same. */
  readonly toPort: number;
}

/** A rule that gives packets another destination before they are filtered, such as one of a port that Docker publishes. */
export interface Translation {
  readonly cause: Cause;
  readonly conditions: string;
  /** Those that it names; all, if it is a base chain's and names none. Empty if they aren't known. */
  readonly ports: readonly PortRange[];
  /** Whether they stay on the machine. */
  readonly isRedirect: boolean;
  /** The new destination, as far as the rule has just one: a bare address, and a port if that is another one. */
  readonly to: { readonly address?: string; readonly port?: number };
}

const TRANSLATION =
  /^(?:(.*?) )?(dnat(?: (?:ip6?|addr|port|prefix|\.))* to\b|redirect(?= to\b|$| (?:fully-)?random| persistent)|xt target "(?:DNAT|REDIRECT)")(.*)$/;
const PORTS = /\b(tcp|udp|th) dport (\d+(?:-\d+)?|\{[^}]*\}|map \{[^}]*\})/;
const TO = /^(?: to)? (?:\[([\da-f:]+)\]|([\d.]+|[\da-f]*:[\da-f]*:[\da-f:]*))?(?::(\d+))?(?= |$)/;
const ALL = { port: 1, toPort: 65_535 };
const PROTOCOLS = ['tcp', 'udp'] as const;

/** All rules that translate what comes from outside, in the order of the tables. */
export function translationsIn(tables: readonly Table[]): readonly Translation[] {
  return tables.flatMap((table) =>
    [...table.chains.values()].flatMap((chain) => {
      const { name, base } = chain;
      if (/\b(output|OUTPUT)\b/.test(name) || (base !== undefined && base.hook !== 'prerouting')) return [];
      return chain.rules.flatMap((rule, index): Translation[] => {
        const [, conditions = '', verb, rest = ''] = TRANSLATION.exec(plain(rule.text)) ?? [];
        if (verb === undefined) return [];
        const [, six, address, port] = TO.exec(rest) ?? [];
        return [
          {
            cause: { table, chain: name, rule, place: index + 1 },
            conditions,
            ports:
              base !== undefined && namesNone(conditions, rest)
                ? everyPort(conditions)
                : portsIn(conditions, rest),
            isRedirect: /redirect/i.test(verb),
            to: {
              ...((six ?? address) !== undefined && { address: six ?? address }),
              ...(port !== undefined && { port: Number(port) }),
            },
          },
        ];
      });
    }),
  );
}

/** `tcp dport { 80, 8000-8010 }`, or the keys of `tcp dport map { 80 : 10.0.0.2, … }`. */
function portsIn(conditions: string, rest: string): PortRange[] {
  const [, protocol, set = ''] = PORTS.exec(conditions) ?? PORTS.exec(rest) ?? [];
  if (protocol === undefined) return [];
  const keys = set.startsWith('map ') ? set.replace(/ : [^,}]*/g, '') : set;
  return [...keys.matchAll(/(\d+)(?:-(\d+))?/g)].flatMap(([, first, last = first]) =>
    PROTOCOLS.filter((one) => one === protocol || (protocol === 'th' && isAbout(conditions, one))).map(
      (one) => ({ protocol: one, port: Number(first), toPort: Number(last) }),
    ),
  );
}

/** Not if they are in a set or map of its own, which isn't read. */
const namesNone = (conditions: string, rest: string): boolean =>
  portsIn(conditions, rest).length === 0 && !/ map |dport @/.test(`${conditions}${rest}`);

const everyPort = (conditions: string): PortRange[] =>
  PROTOCOLS.filter((protocol) => isAbout(conditions, protocol)).map((protocol) => ({ protocol, ...ALL }));

const isAbout = (conditions: string, protocol: 'tcp' | 'udp'): boolean =>
  ([4, 6] as const).some((family) => fits(conditions, { family, protocol, notIn: [] }) !== 'no');

/** The rule that gives a packet another destination before it is filtered. */
export function translationOf(tables: readonly Table[], packet: Packet): Cause | undefined {
  const found = translationsIn(tables).flatMap(({ cause, conditions }) => {
    const fit = seesFamily(cause.table, packet) ? fits(conditions, packet) : 'no';
    return fit === 'no' ? [] : [{ cause, fit }];
  });
  return (found.find(({ fit }) => fit === 'yes') ?? found[0])?.cause;
}

/** The ports that any rule gives another destination, such as those that Docker publishes; of a range, its ends. */
export const translatedPorts = (tables: readonly Table[]) =>
  translationsIn(tables).flatMap(({ ports }) =>
    ports
      .filter(({ port, toPort }) => port !== ALL.port || toPort !== ALL.toPort)
      .flatMap(({ protocol, port, toPort }) =>
        [...new Set([port, toPort])].map((one) => ({ protocol, port: one })),
      ),
  );
