import { count } from '../../../core/text.js';
import type { EventOf } from '../../event-table.js';

export type RowState = 'waiting' | 'running' | 'good' | 'bad' | 'skipped';

/** One line of the tree. A parent's rows are shown while it is running. */
export interface Row {
  readonly key: string;
  readonly parent?: string;
  /** What it represents: a phase, node or gate. */
  readonly name: string;
  title: string;
  state: RowState;
}

/** Key of the row above the nodes being read. */
export const READING = 'reading';

export const rowKeys = {
  reading: (node: string) => `${READING} ${node}`,
  phase: (phase: string) => `phase ${phase}`,
  node: (phase: string, node: string) => `phase ${phase} node ${node}`,
  gate: (phase: string, gate: string) => `phase ${phase} gate ${gate}`,
} as const;

/** The rows of a run's tree: the nodes being read, then each phase with its nodes (if they are changed) and gates. */
export function layOutRows({ phases, nodes, command }: EventOf<'run-started'>): Row[] {
  const reading = [
    row(READING, `read ${count(nodes.length, 'node')}`),
    ...nodes.map((node) => row(rowKeys.reading(node), node, READING)),
  ];
  if (command === 'plan') return reading;
  const changed = command === 'apply' ? nodes : [];
  const staged = phases.flatMap(({ name, gates }) => [
    row(rowKeys.phase(name), name),
    ...changed.map((node) => row(rowKeys.node(name, node), node, rowKeys.phase(name))),
    ...gates.map((gate) => row(rowKeys.gate(name, gate), gate, rowKeys.phase(name))),
  ]);
  return [...reading, ...staged];
}

/** The most rows that would be on screen at once. */
export function liveRows(started: EventOf<'run-started'>): number {
  const rows = layOutRows(started);
  const children = rows.flatMap(({ parent }) => (parent === undefined ? [] : [parent]));
  const perParent = [...new Set(children)].map((key) => children.filter((parent) => parent === key).length);
  return rows.length - children.length + Math.max(0, ...perParent);
}

function row(key: string, title: string, parent?: string): Row {
  return { key, name: title, title, state: 'waiting', ...(parent === undefined ? {} : { parent }) };
}
