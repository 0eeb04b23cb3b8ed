import { type Cause, courseOf, plain } from '../../../../facts/firewall/evaluate.js';
import type { Packet } from '../../../../facts/firewall/packet.js';
import { fits } from '../../../../facts/firewall/packet.js';
import type { Rules } from '../../../../facts/firewall/read.js';
import type { Rule, Table } from '../../../../facts/firewall/ruleset.js';
import type { Seen, Sighting } from './seen.js';

/** What dropped a packet, and how that is known. */
export interface Dropper {
  readonly cause: Cause;
  /** `as the kernel's trace shows`; undefined if it only may have been this rule. */
  readonly evidence: string;
}

/**
 * What dropped a packet on a machine: the kernel's trace knows; else the counter of a rule that drops such packets and has
 * counted so many; else the rules themselves, if they leave no doubt.
 */
export function dropperOf(seen: Seen, packet: Packet, came: Sighting, times: number): Dropper | undefined {
  return byTrace(seen, packet, came) ?? byCounter(seen, packet, times) ?? byRules(seen, packet);
}

const TRACED = /^(\S+) (\S+) (\S+) (?:rule (.*) \(verdict drop\)|policy drop)$/;

function byTrace({ tables, traced }: Seen, packet: Packet, came: Sighting): Dropper | undefined {
  const found = traced.find(
    ({ protocol, source, port }) =>
      protocol === packet.protocol && source === came.address && port === came.port,
  );
  const [, family, name, chain = '', text] = TRACED.exec(found?.said.trim() ?? '') ?? [];
  const table = tables?.find((one) => one.family === family && one.name === name);
  if (table === undefined) return undefined;
  const evidence = "as the kernel's trace shows";
  if (text === undefined) return { cause: { table, chain }, evidence };
  const rules = table.chains.get(chain)?.rules ?? [];
  const index = rules.findIndex((rule) => plain(rule.text) === plain(text));
  const rule = rules[index] ?? { text };
  return { cause: { table, chain, rule, ...(index >= 0 && { place: index + 1 }) }, evidence };
}

function byCounter({ tables, before }: Seen, packet: Packet, times: number): Dropper | undefined {
  const counted = (tables ?? []).flatMap((table) =>
    [...table.chains.values()].flatMap((chain) =>
      chain.rules.flatMap((rule, index): readonly Dropper[] => {
        const [, conditions] = /^(.*?) ?\b(?:drop|reject)\b/.exec(plain(rule.text)) ?? [];
        if (conditions === undefined || fits(conditions, packet) === 'no') return [];
        const was = countOf(ruleIn(before, table, chain.name, rule));
        const is = countOf(rule);
        if (was === undefined || is === undefined || is - was < times) return [];
        const evidence = `its counter rose from ${was} to ${is}`;
        return [{ cause: { table, chain: chain.name, rule, place: index + 1 }, evidence }];
      }),
    ),
  );
  return counted.length === 1 ? counted[0] : undefined;
}

function ruleIn(tables: Rules, { family, name }: Table, chain: string, { handle }: Rule) {
  const table = tables?.find((one) => one.family === family && one.name === name);
  return table?.chains.get(chain)?.rules.find((rule) => handle !== undefined && rule.handle === handle);
}

function countOf(rule: Rule | undefined): number | undefined {
  const [, packets] = /\bcounter packets (\d+)/.exec(rule?.text ?? '') ?? [];
  return packets === undefined ? undefined : Number(packets);
}

function byRules({ tables }: Seen, packet: Packet): Dropper | undefined {
  const { drop, maybe } = courseOf(tables ?? [], packet);
  const [perhaps] = maybe;
  if (drop) return { cause: drop, evidence: 'as its rules show' };
  return perhaps && { cause: perhaps, evidence: 'perhaps: one of its conditions is not known' };
}
