import { count } from '../../../core/text.js';
import type { RunEvent } from '../../../runner/events/events.js';
import { waitingText } from '../../commands/lock-text.js';
import { movingText } from '../../commands/program-text.js';
import { type EventOf, type EventTable, readEvent } from '../../event-table.js';
import { revertedText } from '../../report/reverted-text.js';
import { tryingText } from '../../trying-text.js';
import { layOutRows, READING, type Row, type RowState, rowKeys } from './rows.js';

/** The tree of a run as plain rows, kept up to date by events. */
export class TreeState {
  readonly rows: readonly Row[];
  readonly #byKey: ReadonlyMap<string, Row>;
  readonly #nodes: number;
  readonly #descriptions: ReadonlyMap<string, string>;
  readonly #unread: Set<string>;
  readonly #shown = new Set<string>();
  /** Changes of each step planned for a row's node. */
  readonly #planned = new Map<Row, Map<string, number>>();
  /** Key of a gate's row, by the gate's id and name. */
  readonly #gates = new Map<string, string>();
  readonly #table = this.#reactions();
  #now = 0;

  constructor(started: EventOf<'run-started'>, now = Date.now()) {
    this.rows = layOutRows(started);
    this.#byKey = new Map(this.rows.map((row) => [row.key, row]));
    this.#nodes = started.nodes.length;
    this.#descriptions = new Map(
      started.phases.map(({ name, description = '' }) => [rowKeys.phase(name), description]),
    );
    this.#unread = new Set(started.nodes);
    this.#now = now;
    this.#set(READING, 'running', count(this.#nodes, 'node'));
  }

  apply(event: RunEvent, now = Date.now()): void {
    this.#now = now;
    readEvent(this.#table, event);
  }

  /** The run is over: running rows were cut off, waiting rows were not reached. */
  finish(): void {
    for (const row of this.rows) {
      const begun = row.parent !== undefined || row.key === READING || this.#shown.has(row.key);
      if (row.state === 'running' && begun) row.state = 'bad';
      if (row.state !== 'waiting' && row.state !== 'running') continue;
      row.state = 'skipped';
      if (row.parent === undefined) row.text = 'not reached';
    }
  }

  #reactions(): EventTable<void> {
    const nothing = () => {};
    const onNode = (
      { phase, node }: { phase: string; node: string },
      state: RowState,
      text: string,
      took?: number,
    ) => this.#set(rowKeys.node(phase, node), state, text, took);
    return {
      'run-started': nothing,
      'node-connecting': ({ node }) => this.#reading(node, 'connecting'),
      'node-connected': ({ node }) => this.#reading(node, 'reading'),
      'node-probed': ({ node, ms }) => this.#read(node, 'good', 'read', ms),
      'node-left-out': ({ node, error }) =>
        this.#read(node, 'skipped', `left out: ${firstLine(error.message)}`),
      'node-failed': ({ node, error }) => this.#failed(node, firstLine(error.message)),
      'lock-taken': nothing,
      'lock-waiting': (event) => this.#waiting(event.nodes, waitingText(event)),
      'lock-waited': ({ nodes }) => this.#waiting(nodes, 'reading'),
      'lock-left': nothing,
      'guard-armed': (event) =>
        onNode(event, 'running', `guarded, reverts in ${event.seconds} s unless confirmed`),
      'guard-confirmed': (event) =>
        onNode(event, 'good', `${this.#changesOf(event)}confirmed by a new login`, event.ms),
      'boot-unproven': nothing,
      'guard-waiting': (event) =>
        onNode(event, 'running', `no new login; it reverts this within ${event.seconds} s`),
      'guard-reverted': (event) => onNode(event, 'bad', revertedText(event)),
      'shard-waiting': ({ phase, nodes }) => {
        if (phase === undefined) return;
        const text = `waiting for ${count(nodes.length, 'node')} of other shards`;
        this.#set(rowKeys.phase(phase), 'running', text);
      },
      'relied-on': nothing,
      'program-moving': (event) => onNode(event, 'running', movingText(event)),
      'phase-started': ({ phase }) => {
        this.#shown.add(rowKeys.phase(phase));
        this.#begin(rowKeys.phase(phase));
      },
      'step-planned': ({ phase, node, step, changes }) => {
        const row = this.#byKey.get(rowKeys.node(phase, node));
        if (row === undefined) return;
        const planned = this.#planned.get(row) ?? new Map<string, number>();
        this.#planned.set(row, planned.set(step, changes.length));
        row.planned = [...planned.values()].reduce((sum, changes) => sum + changes, 0);
      },
      'change-started': (event) => onNode(event, 'running', firstLine(event.summary)),
      'change-done': (event) => {
        const row = this.#byKey.get(rowKeys.node(event.phase, event.node));
        if (row !== undefined) row.done += 1;
        onNode(event, 'running', firstLine(event.summary), event.ms);
      },
      'step-failed': (event) => onNode(event, 'bad', firstLine(event.error.message)),
      'gate-started': (event) => {
        this.#settleNodes(event.phase, 'good');
        this.#set(this.#gateKey(event), 'running');
      },
      'gate-trying': (event) => this.#set(this.#gateKey(event), 'running', tryingText(event)),
      'gate-ended': (event) => {
        const state = event.unmeasured ? 'skipped' : event.go ? 'good' : 'bad';
        this.#set(this.#gateKey(event), state, firstLine(event.summary));
      },
      'phase-ended': (event) => this.#phaseEnded(event),
      'run-ended': () => this.finish(),
    };
  }

  #phaseEnded({ phase, outcome, changes }: EventOf<'phase-ended'>): void {
    const go = outcome !== 'stop' && outcome !== 'failed';
    this.#settleNodes(phase, go ? 'good' : 'skipped');
    const gates = this.#below(phase, 'gate');
    for (const row of gates.filter(isOpen)) row.state = 'skipped';
    const proved = gates.filter(({ state }) => state === 'good').length;
    const counts = `${count(changes, 'change')}, ${count(proved, 'gate')} GO`;
    const row = this.#byKey.get(rowKeys.phase(phase));
    const took = row?.began === undefined ? undefined : this.#now - row.began;
    const text = `${outcome === 'go' ? '' : `${outcome.toUpperCase()}, `}${counts}`;
    this.#set(rowKeys.phase(phase), go ? 'good' : 'bad', text, took);
    if (go) this.#beginNext();
  }

  #changesOf({ phase, node }: { phase: string; node: string }): string {
    const done = this.#byKey.get(rowKeys.node(phase, node))?.done ?? 0;
    return done === 0 ? '' : `${count(done, 'change')}, `;
  }

  #reading(node: string, text: string): void {
    if (this.#unread.has(node)) this.#set(rowKeys.reading(node), 'running', text);
  }

  /** Nodes that are still to be read are waited for there; later on, the running phase is what waits. */
  #waiting(nodes: readonly string[], text: string): void {
    for (const node of nodes) this.#reading(node, text);
    if (nodes.some((node) => this.#unread.has(node))) return;
    const phase = this.rows.find((row) => row.parent === undefined && row.state === 'running');
    if (phase !== undefined) this.#set(phase.key, 'running', text);
  }

  #read(node: string, state: RowState, outcome: string, took?: number): void {
    if (!this.#unread.delete(node)) return;
    this.#set(rowKeys.reading(node), state, outcome, took);
    const begun = this.#byKey.get(READING)?.began ?? this.#now;
    const rows = this.rows.filter(({ parent }) => parent === READING);
    const number = (of: RowState) => rows.filter((row) => row.state === of).length;
    const text = `${number('good')} of ${count(this.#nodes, 'node')}`;
    if (this.#unread.size > 0) {
      this.#set(READING, 'running', text);
      return;
    }
    this.#set(READING, number('bad') > 0 ? 'bad' : 'good', text, this.#now - begun);
    if (number('bad') === 0) this.#beginNext();
  }

  /** A node can fail while it is read, and later while it is changed or measured. */
  #failed(node: string, text: string): void {
    if (this.#unread.has(node)) {
      this.#read(node, 'bad', text);
      return;
    }
    const phase = this.rows.find((row) => row.parent === undefined && row.state === 'running');
    if (phase !== undefined) this.#set(rowKeys.node(phase.name, node), 'bad', text);
  }

  /** The next phase is now running, even if all its events only arrive at its end. */
  #beginNext(): void {
    const next = this.rows.find((row) => row.parent === undefined && row.state === 'waiting');
    if (next !== undefined) this.#begin(next.key);
  }

  #begin(phase: string): void {
    this.#set(phase, 'running', this.#descriptions.get(phase));
    const row = this.#byKey.get(phase);
    if (row !== undefined) row.began = this.#now;
  }

  /** Gates of a phase may share a name: a new one takes the first free row with its name. */
  #gateKey({ phase, gate, name }: { phase: string; gate: string; name: string }): string {
    const id = JSON.stringify([gate, name]);
    const known = this.#gates.get(id);
    if (known !== undefined) return known;
    const taken = new Set(this.#gates.values());
    const key = this.#below(phase, 'gate').find((row) => row.name === name && !taken.has(row.key))?.key ?? '';
    this.#gates.set(id, key);
    return key;
  }

  #below(phase: string, kind: Row['kind']): Row[] {
    return this.rows.filter((row) => row.parent === rowKeys.phase(phase) && row.kind === kind);
  }

  /** The phase has nothing left to do on its nodes. */
  #settleNodes(phase: string, to: RowState): void {
    for (const row of this.#below(phase, 'node').filter(isOpen)) {
      row.state = to;
      row.text = row.done === 0 ? 'nothing to change' : count(row.done, 'change');
      delete row.took;
    }
  }

  #set(key: string, state: RowState, text?: string, took?: number): void {
    const row = this.#byKey.get(key);
    if (row === undefined) return;
    if (row.state === 'waiting' || (row.kind === 'node' && text !== row.text)) row.began = this.#now;
    row.state = state;
    if (text !== undefined) row.text = text;
    if (took === undefined) delete row.took;
    else row.took = took;
  }
}

const isOpen = ({ state }: Row): boolean => state === 'waiting' || state === 'running';

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
