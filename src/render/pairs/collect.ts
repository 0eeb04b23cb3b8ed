import type { PairReading } from '../../layers/gate.js';
import type { RunRecord } from '../report/record.js';

/** One ordered pair as one gate measured it. */
export interface Cell extends Omit<PairReading, 'network'> {
  readonly from: string;
  readonly to: string;
  readonly go: boolean;
}

/** All pairs that a gate has measured in one network. */
export interface PairTable {
  /** The gate's name, with the network's where there are several. */
  readonly title: string;
  readonly unit: PairReading['unit'];
  /** In the order of the inventory. */
  readonly nodes: readonly string[];
  readonly cells: readonly Cell[];
}

/** What the gates of a run have measured pair by pair, in the order of the run; of a pair's several readings the worst. */
export function collectPairs(record: RunRecord): PairTable[] {
  const tables = new Map<string, { gate: string; network: string; cells: Map<string, Cell> }>();
  for (const { gate, findings } of measuredGates(record)) {
    for (const { node: from, peer: to, go, pair } of findings) {
      if (pair === undefined || to === undefined) continue;
      const { network, ...reading } = pair;
      const key = JSON.stringify([gate, network]);
      const table = tables.get(key) ?? { gate, network, cells: new Map<string, Cell>() };
      const way = JSON.stringify([from, to]);
      table.cells.set(way, worse(table.cells.get(way), { from, to, go, ...reading }));
      tables.set(key, table);
    }
  }
  const networks = new Set([...tables.values()].map(({ network }) => network));
  return [...tables.values()].map(({ gate, network, cells: byWay }) => {
    const cells = [...byWay.values()];
    return {
      title: networks.size > 1 ? `${gate} in ${network}` : gate,
      unit: cells[0]?.unit ?? 'ms',
      nodes: nodesOf(record, cells),
      cells,
    };
  });
}

/** The gates that answered; of one that was measured several times the last answer. */
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
  const named = new Set(cells.flatMap(({ from, to }) => [from, to]));
  const known = (started?.nodes ?? []).filter((node) => named.has(node));
  return [...new Set([...known, ...named])];
}

function worse(one: Cell | undefined, other: Cell): Cell {
  if (one === undefined) return other;
  if (one.go !== other.go) return one.go ? other : one;
  const more = one.unit === 'bytes' ? -1 : 1;
  return more * (other.value ?? 0) > more * (one.value ?? 0) ? other : one;
}
