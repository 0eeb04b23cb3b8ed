import { isChanging } from '../../../runner/events/commands.js';
import type { EventOf } from '../../event-table.js';

export type RowState = 'waiting' | 'running' | 'good' | 'bad' | 'skipped';

/** One line of the tree. The rows below a phase are shown while it is running. */
export interface Row {
  readonly key: string;
  readonly kind: 'phase' | 'node' | 'gate';
  /** Key of the phase that it belongs to. */
  readonly parent?: string;
  readonly name: string;
  /** What is happening, or the result. */
  text: string;
  state: RowState;
  /** When it started, in Unix milliseconds. */
  began?: number;
  /** Milliseconds that it took; absent while it is running. */
  took?: number;
  /** How many of the planned changes are made. */
  done: number;
  planned: number;
}

/** Key of the row above the nodes being read. */
export const READING = 'reading';

export const rowKeys = {
  reading: (node: string) => `${READING} ${node}`,
  phase: (phase: string) => `phase ${phase}`,
  node: (phase: string, node: string) => `phase ${phase} node ${node}`,
  gate: (phase: string, index: number) => `phase ${phase} gate ${index}`,
} as const;

/** The rows of a run's tree: the nodes being read, then each phase with its nodes (if they are changed) and gates. */
export function layOutRows({ phases, nodes, command }: EventOf<'run-started'>): Row[] {
  const reading = [
    row('phase', READING, 'read'),
    ...nodes.map((node) => row('node', rowKeys.reading(node), node, READING)),
  ];
  if (command === 'plan') return reading;
  const changed = isChanging(command) ? nodes : [];
  const staged = phases.flatMap(({ name, gates }) => [
    row('phase', rowKeys.phase(name), name),
    ...changed.map((node) => row('node', rowKeys.node(name, node), node, rowKeys.phase(name))),
    ...gates.map((gate, index) => row('gate', rowKeys.gate(name, index), gate, rowKeys.phase(name))),
  ]);
  return [...reading, ...staged];
}

function row(kind: Row['kind'], key: string, name: string, parent?: string): Row {
  return {
    kind,
    key,
    name,
    text: '',
    state: 'waiting',
    done: 0,
    planned: 0,
    ...(parent === undefined ? {} : { parent }),
  };
}
