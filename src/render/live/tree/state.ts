import { count } from '../../../core/text.js';
import type { RunEvent } from '../../../runner/events/events.js';
import { type EventOf, type EventTable, readEvent } from '../../event-table.js';
import { revertedText } from '../../report/reverted-text.js';
import { duration } from '../../text.js';
import { layOutRows, READING, type Row, type RowState, rowKeys } from './rows.js';

/** The tree of a run as plain rows, kept up to date by events. */
export class TreeState {
  readonly rows: readonly Row[];
  readonly #byKey: ReadonlyMap<string, Row>;
  readonly #nodes: number;
  readonly #unread: Set<string>;
  readonly #shown = new Set<string>();
  readonly #table = this.#reactions();

  constructor(started: EventOf<'run-started'>) {
    this.rows = layOutRows(started);
    this.#byKey = new Map(this.rows.map((row) => [row.key, row]));
    this.#nodes = started.nodes.length;
    this.#unread = new Set(started.nodes);
    this.#set(READING, 'running');
  }

  apply(event: RunEvent): void {
    readEvent(this.#table, event);
  }

  /** The run is over: running rows were cut off, waiting rows were not reached. */
  finish(): void {
    for (const row of this.rows) {
      const begun = row.parent !== undefined || row.key === READING || this.#shown.has(row.key);
      if (row.state === 'running' && begun) row.state = 'bad';
      if (row.state !== 'waiting' && row.state !== 'running') continue;
      row.state = 'skipped';
      if (row.parent === undefined) row.title = `${row.title}  not reached`;
    }
  }

  #reactions(): EventTable<void> {
    const nothing = () => {};
    return {
      'run-started': nothing,
      'node-connecting': ({ node }) => this.#reading(node, `${node}  connecting`),
      'node-connected': ({ node, ms }) => this.#reading(node, `${node}  connected in ${duration(ms)}`),
      'node-probed': ({ node, ms }) => this.#read(node, 'good', `${node}  read in ${duration(ms)}`),
      'node-left-out': ({ node, error }) =>
        this.#read(node, 'skipped', `${node}  left out: ${firstLine(error.message)}`),
      'node-failed': ({ node, error }) => this.#failed(node, `${node}  ${firstLine(error.message)}`),
      'lock-taken': nothing,
      'lock-left': nothing,
      'guard-armed': ({ phase, node, seconds }) =>
        this.#set(
          rowKeys.node(phase, node),
          'running',
          `${node}  guarded, reverts in ${seconds} s unless confirmed`,
        ),
      'guard-confirmed': ({ phase, node, ms }) =>
        this.#set(rowKeys.node(phase, node), 'good', `${node}  confirmed by a new login: ${duration(ms)}`),
      'boot-unproven': nothing,
      'guard-waiting': ({ phase, node, seconds }) =>
        this.#set(
          rowKeys.node(phase, node),
          'running',
          `${node}  no new login; it reverts this within ${seconds} s`,
        ),
      'guard-reverted': (event) =>
        this.#set(rowKeys.node(event.phase, event.node), 'bad', `${event.node}  ${revertedText(event)}`),
      'shard-waiting': ({ phase, nodes }) => {
        if (phase === undefined) return;
        this.#set(
          rowKeys.phase(phase),
          'running',
          `${phase}  waiting for ${count(nodes.length, 'node')} of other shards`,
        );
      },
      'relied-on': nothing,
      'phase-started': ({ phase }) => {
        this.#shown.add(rowKeys.phase(phase));
        this.#set(rowKeys.phase(phase), 'running');
      },
      'step-planned': nothing,
      'change-started': ({ phase, node, summary }) =>
        this.#set(rowKeys.node(phase, node), 'running', `${node}  ${firstLine(summary)}`),
      'change-done': ({ phase, node, summary, ms }) =>
        this.#set(rowKeys.node(phase, node), 'running', `${node}  ${firstLine(summary)}: ${duration(ms)}`),
      'step-failed': ({ phase, node, error }) =>
        this.#set(rowKeys.node(phase, node), 'bad', `${node}  ${firstLine(error.message)}`),
      'gate-started': (event) => {
        this.#settle(rowKeys.node(event.phase, ''), 'good');
        this.#set(this.#gateKey(event), 'running');
      },
      'gate-ended': (event) => {
        const title = `${event.name}  ${firstLine(event.summary)}`;
        const state = event.unmeasured ? 'skipped' : event.go ? 'good' : 'bad';
        this.#set(this.#gateKey(event), state, title);
      },
      'phase-ended': (event) => this.#phaseEnded(event),
      'run-ended': () => this.finish(),
    };
  }

  #phaseEnded({ phase, outcome, changes }: EventOf<'phase-ended'>): void {
    const go = outcome === 'go' || outcome === 'partial';
    this.#settle(rowKeys.node(phase, ''), go ? 'good' : 'skipped');
    this.#settle(rowKeys.gate(phase, ''), 'skipped');
    const gates = this.rows.filter(
      (row) => row.key.startsWith(rowKeys.gate(phase, '')) && row.state === 'good',
    ).length;
    const text = `${count(changes, 'change')}, ${count(gates, 'gate')} GO`;
    this.#set(
      rowKeys.phase(phase),
      go ? 'good' : 'bad',
      `${phase}  ${outcome === 'go' ? '' : `${outcome.toUpperCase()}, `}${text}`,
    );
    if (go) this.#beginNext();
  }

  #reading(node: string, title: string): void {
    if (this.#unread.has(node)) this.#set(rowKeys.reading(node), 'running', title);
  }

  #read(node: string, state: RowState, title: string): void {
    if (!this.#unread.delete(node)) return;
    this.#set(rowKeys.reading(node), state, title);
    if (this.#unread.size > 0) return;
    const failed = this.rows.filter((row) => row.parent === READING && row.state === 'bad').length;
    const skipped = this.rows.filter((row) => row.parent === READING && row.state === 'skipped').length;
    const text = `read ${this.#nodes - failed - skipped} of ${count(this.#nodes, 'node')}`;
    this.#set(READING, failed > 0 ? 'bad' : 'good', text);
    if (failed === 0) this.#beginNext();
  }

  /** A node can fail while it is read, and later while it is changed or measured. */
  #failed(node: string, title: string): void {
    if (this.#unread.has(node)) {
      this.#read(node, 'bad', title);
      return;
    }
    const phase = this.rows.find((row) => row.parent === undefined && row.state === 'running');
    if (phase !== undefined) this.#set(rowKeys.node(phase.name, node), 'bad', title);
  }

  /** The next phase is now running, even if all its events come at once at its end. */
  #beginNext(): void {
    const next = this.rows.find((row) => row.parent === undefined && row.state === 'waiting');
    if (next !== undefined) next.state = 'running';
  }

  #gateKey({ phase, gate, name }: { phase: string; gate: string; name: string }): string {
    return this.#byKey.has(rowKeys.gate(phase, gate)) ? rowKeys.gate(phase, gate) : rowKeys.gate(phase, name);
  }

  #settle(prefix: string, to: RowState): void {
    for (const row of this.rows) {
      const open = row.state === 'waiting' || row.state === 'running';
      if (open && row.key.startsWith(prefix)) row.state = to;
    }
  }

  #set(key: string, state: RowState, title?: string): void {
    const row = this.#byKey.get(key);
    if (row === undefined) return;
    row.state = state;
    if (title !== undefined) row.title = title;
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
