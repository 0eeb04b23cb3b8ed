import { fits, type Packet, verdictOfMap } from './packet.js';
import type { Base, Chain, Rule, Table } from './ruleset.js';

/** What decides about a packet: a rule, or the policy of a chain. */
export interface Cause {
  readonly table: Table;
  readonly chain: string;
  /** Absent when it is the chain's policy. */
  readonly rule?: Rule;
  /** Its place in the chain, counted from 1. */
  readonly place?: number;
}

export interface Course {
  /** What drops it in any case. */
  readonly drop?: Cause;
  /** What drops it if conditions hold that aren't known here. */
  readonly maybe: readonly Cause[];
}

export interface Walk {
  readonly end: 'accept' | 'drop' | 'through';
  /** Whether an earlier rule may have let it leave the chain. */
  readonly mayLeave: boolean;
  /** The rule that ends it. */
  readonly cause?: Cause;
  readonly maybe: readonly Cause[];
}

/** On the way to the machine itself, in this order; only the filters matter for forwarded packets. */
const HOOKS = { own: ['prerouting', 'input'], passedOn: ['forward'] } as const;
const NOISE =
  / ?\bcomment "[^"]*"| ?\bcounter( packets \d+ bytes \d+)?| ?\blog\b( (prefix|level|flags|group|snaplen|queue-threshold) ("[^"]*"|\S+))*/g;
const VERDICT = /^(.*?) ?\b(accept|drop|reject|return|queue|jump|goto)\b ?(\S*).*$/;
const DEEPEST = 16;

/** A rule's text as nft writes it, without what decides nothing. */
export function plain(text: string): string {
  return text
    .replace(NOISE, '')
    .replace(/ ?xt target "REJECT"/, ' reject')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Follows a packet through chains and rules in the order in which the kernel evaluates them. */
class Walker {
  readonly #table: Table;
  readonly #packet: Packet;

  constructor(table: Table, packet: Packet) {
    this.#table = table;
    this.#packet = packet;
  }

  walk(chain: Chain, depth = 0): Walk {
    const maybe: Cause[] = [];
    let mayLeave = false;
    for (const [index, rule] of chain.rules.entries()) {
      const cause: Cause = { table: this.#table, chain: chain.name, rule, place: index + 1 };
      const text = plain(rule.text);
      let [, conditions = '', verdict, target = ''] = VERDICT.exec(text) ?? [];
      let fit = fits(conditions, this.#packet);
      if (/ vmap /.test(text)) {
        const found = verdictOfMap(text, this.#packet);
        if (found === undefined) {
          mayLeave = true;
          continue;
        }
        [, , verdict, target = ''] = VERDICT.exec(found.verdict ?? '') ?? [];
        conditions = '';
        fit = 'yes';
      }
      if (fit === 'no' || verdict === undefined || verdict === 'continue') continue;
      if (verdict === 'jump' || verdict === 'goto') {
        const next = this.#table.chains.get(target);
        if (next === undefined || depth >= DEEPEST) {
          mayLeave = true;
          continue;
        }
        const inner = this.walk(next, depth + 1);
        maybe.push(...inner.maybe);
        mayLeave ||= inner.mayLeave;
        if (fit === 'maybe') {
          if (inner.end === 'drop' && inner.cause) maybe.push(inner.cause);
          if (inner.end === 'accept' || verdict === 'goto') mayLeave = true;
          continue;
        }
        if (inner.end !== 'through') return { ...inner, mayLeave, maybe };
        if (verdict === 'goto') return { end: 'through', mayLeave, maybe };
      } else if (verdict === 'drop' || verdict === 'reject') {
        if (fit === 'yes') return { end: 'drop', mayLeave, cause, maybe };
        maybe.push(cause);
      } else if (fit === 'yes') {
        return { end: verdict === 'return' ? 'through' : 'accept', mayLeave, cause, maybe };
      } else mayLeave = true;
    }
    return { end: 'through', mayLeave, maybe };
  }
}

/** Whether a table's rules see packets of this family. */
export const seesFamily = ({ family }: Table, packet: Packet): boolean =>
  family === 'inet' || family === (packet.family === 4 ? 'ip' : 'ip6');

interface Filtered {
  readonly table: Table;
  readonly chain: Chain;
  readonly base: Base;
  readonly walk: Walk;
}

/** The chains that a packet meets on its way to the machine itself or, if it is forwarded, through it, in their order. */
export function* walksOf(tables: readonly Table[], packet: Packet): Generator<Filtered> {
  const bases = tables
    .filter((table) => seesFamily(table, packet))
    .flatMap((table) =>
      [...table.chains.values()].flatMap((chain) => (chain.base ? [{ table, chain, base: chain.base }] : [])),
    );
  for (const hook of HOOKS[packet.isPassedOn ? 'passedOn' : 'own']) {
    const asked = bases
      .filter(({ base }) => base.hook === hook)
      .sort((one, other) => one.base.priority - other.base.priority);
    for (const one of asked) yield { ...one, walk: new Walker(one.table, packet).walk(one.chain) };
  }
}

/** What happens to the packet on a machine with these tables. */
export function courseOf(tables: readonly Table[], packet: Packet): Course {
  const maybe: Cause[] = [];
  for (const { table, chain, base, walk } of walksOf(tables, packet)) {
    maybe.push(...walk.maybe);
    const policy = walk.end === 'through' && base.drops ? { table, chain: chain.name } : undefined;
    const cause = walk.end === 'drop' ? walk.cause : policy;
    if (cause === undefined) continue;
    if (!walk.mayLeave) return { drop: cause, maybe };
    maybe.push(cause);
  }
  return { maybe };
}
