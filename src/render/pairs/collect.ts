import type { Finding, PairReading } from '../../layers/gate.js';
import type { RunRecord } from '../report/record.js';

/** One ordered pair as one gate measured it. */
export interface Cell extends Omit<PairReading, 'network'> {
  readonly from: string;
  readonly to: string;
  readonly go: boolean;
}

/** All pairs that a gate has measured in one network. */
export interface PairTable {
  /** The gate's name, with the network's if there are several. */
  readonly title: string;
  readonly unit: PairReading['unit'];
  /** In the order of the inventory. */
  readonly nodes: readonly string[];
  readonly cells: readonly Cell[];
}

/** What the gates of a run have measured pair by pair, in the order of the run; if a pair was measured several times, the worst result. */
export function collectPairs(record: RunRecord): PairTable[] {
  const measured = measuredGates(record).flatMap(({ gate, findings }) =>
    [...cellsByNetwork(findings)].map(([network, cells]) => ({ gate, network, cells })),
  );
  const networks = new Set(measured.map(({ network }) => network));
  return measured.map(({ gate, network, cells }) => ({
    title: networks.size > 1 ? `${gate} in ${network}` : gate,
    unit: cells[0]?.unit ?? 'ms',
    nodes: nodesOf(record, cells),
    cells,
  }));
}

/** Thousands of nodes have millions of pairs: nothing is built here that could be looked up. */
function cellsByNetwork(findings: readonly Finding[]): Map<string, Cell[]> {
  const networks = new Map<string, Map<string, Map<string, Cell>>>();
  for (const { node: from, peer: to, go, pair } of findings) {
    if (pair === undefined || to === undefined) continue;
    const { network, ...reading } = pair;
    const rows = within(networks, network);
    const row = within(rows, from);
    row.set(to, worse(row.get(to), { from, to, go, ...reading }));
  }
  return new Map(
    [...networks].map(([network, rows]) => [network, [...rows.values()].flatMap((row) => [...row.values()])]),
  );
}

function within<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const known = maps.get(key) ?? new Map<string, V>();
  maps.set(key, known);
  return known;
}

/** The gates that answered; if one was measured several times, its last answer. */
function measuredGates({ proved, stopped, started }: RunRecord) {
  const order = started?.phases.flatMap(({ gates }) => gates) ?? [];
  const all = [
    ...proved.map(({ phase, name, findings }) => ({ phase, gate: name, findings })),
    ...stopped.map(({ phase, gate, findings }) => ({ phase, gate, findings })),
  ];
  return [...new Map(all.map((one) => [one.gate, one])).values()].toSorted(
    (a, b) => order.indexOf(a.gate) - order.indexOf(b.gate),
  );
}

function nodesOf({ started }: RunRecord, cells: readonly Cell[]): string[] {
  const named = new Set<string>();
  for (const { from, to } of cells) named.add(from).add(to);
  const known = (started?.nodes ?? []).filter((node) => named.has(node));
  return [...new Set([...known, ...named])];
}

function worse(one: Cell | undefined, other: Cell): Cell {
  if (one === undefined) return other;
  if (one.go !== other.go) return one.go ? other : one;
  const more = one.unit === 'bytes' ? -1 : 1;
  return more * (other.value ?? 0) > more * (one.value ?? 0) ? other : one;
}
