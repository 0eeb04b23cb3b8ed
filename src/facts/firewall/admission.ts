import { type Cause, walksOf } from './evaluate.js';
import type { Packet } from './packet.js';
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
