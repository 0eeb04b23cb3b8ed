import { type Cause, plain, seesFamily, walksOf } from './evaluate.js';
import { fits, type Packet } from './packet.js';
import type { Table } from './ruleset.js';

/**
 * The rule that lets a packet in where the others would be dropped; undefined if nothing would drop it. Of several, the last
 * in a chain that drops by default, else the last.
 */
export function admissionOf(tables: readonly Table[], packet: Packet): Cause | undefined {
  const accepting = [...walksOf(tables, packet)].flatMap(({ base, walk }) =>
    walk.end === 'accept' && walk.cause ? [{ cause: walk.cause, drops: base.drops }] : [],
  );
  return (accepting.findLast(({ drops }) => drops) ?? accepting.at(-1))?.cause;
}

const TRANSLATION = /^(.*?) ?\b(dnat|redirect)\b/;

/** The rule that gives a packet another destination before it is filtered. */
export function translationOf(tables: readonly Table[], packet: Packet): Cause | undefined {
  const found = translations(tables).flatMap(({ cause, conditions }) => {
    const fit = seesFamily(cause.table, packet) ? fits(conditions, packet) : 'no';
    return fit === 'no' ? [] : [{ cause, fit }];
  });
  return (found.find(({ fit }) => fit === 'yes') ?? found[0])?.cause;
}

/** The ports that any rule gives another destination, such as those that Docker publishes. */
export function translatedPorts(tables: readonly Table[]) {
  return translations(tables).flatMap(({ conditions }) => {
    const [, protocol, ports = ''] = /\b(tcp|udp) dport (\d+|\{[^}]*\})/.exec(conditions) ?? [];
    if (protocol !== 'tcp' && protocol !== 'udp') return [];
    return [...ports.matchAll(/\d+/g)].map(([port]) => ({ protocol, port: Number(port) }) as const);
  });
}

function translations(tables: readonly Table[]) {
  return tables.flatMap((table) =>
    [...table.chains.values()].flatMap((chain) =>
      chain.rules.flatMap((rule, index) => {
        const [, conditions] = TRANSLATION.exec(plain(rule.text)) ?? [];
        if (conditions === undefined || /\b(output|OUTPUT)\b/.test(chain.name)) return [];
        const cause: Cause = { table, chain: chain.name, rule, place: index + 1 };
        return [{ cause, conditions }];
      }),
    ),
  );
}
