import { resolve } from 'node:path';
import type { Playbook } from '../../playbook/types.js';
import type { StampedEvent } from '../events/events.js';
import { labelsOf } from '../round/labels.js';
import type { Shard } from '../shards/shard.js';
import { isUndoLabel, undoneIn } from '../undo/labels.js';
import { unreverted } from './changed.js';
import { phasesInGo } from './phases-in-go.js';

/** A run that decides what holds of a phase. */
export interface Decider {
  readonly run: string;
  /** The run that it has undone, if that is what it did. */
  readonly undone?: string;
}

export interface ResumePoint {
  /** First phase that was not GO, or was undone, or that no run was about; absent when there is none. */
  readonly phase?: string;
  /** By which run it is not GO; absent when no run was about it on all of the nodes. */
  readonly by?: Decider;
  /** Runs by which the phases before it are GO, newest first. */
  readonly proved: readonly string[];
}

type Started = Extract<StampedEvent, { type: 'run-started' }>;

export interface Resumed {
  readonly inventoryFile: string;
  readonly playbook: Playbook;
  /** Names of the nodes to work on. */
  readonly nodes: readonly string[];
  readonly shard?: Shard | undefined;
}

/** What a journal says of the playbook's phases: whether each is GO. */
interface Said {
  readonly outcomes: ReadonlyMap<string, boolean>;
  readonly undone?: string;
}

const isSame = (one: Shard, other: Shard | undefined): boolean =>
  one.index === other?.index && one.of === other.of;

/**
 * A phase that a run selected and never reached is not GO. What was proved on some of the nodes doesn't prove all, nor those
 * of another shard; what was not proved there, is not. Undefined for a run that says nothing.
 */
function saidByRun(events: readonly StampedEvent[], started: Started, resumed: Resumed): Said | undefined {
  const { playbook, nodes, shard } = resumed;
  if (started.command === 'plan' || started.command === 'check') return undefined;
  if (started.playbook?.name !== playbook.name) return undefined;
  if (started.shard !== undefined && shard !== undefined && !isSame(started.shard, shard)) return undefined;
  const covers = nodes.every((node) => started.nodes.includes(node));
  const went = phasesInGo(events);
  const said = started.phases.filter(({ name }) => covers || !went.has(name));
  return { outcomes: new Map(said.map(({ name }) => [name, went.has(name)])) };
}

/**
 * What was undone on a node is no longer GO, unless the undo itself was reverted there. Of an undo that was undone, nobody
 * knows which phases that concerns.
 */
function saidByUndo(events: readonly StampedEvent[], { playbook, nodes }: Resumed): Said | undefined {
  const begun = unreverted(events, (event) =>
    event.type === 'change-started' && nodes.includes(event.node) ? [event] : [],
  );
  const labels = new Set(begun.map(({ step }) => step));
  const isAny = [...labels].some(isUndoLabel);
  const undone = playbook.phases.filter(({ name }) => isAny || labelsOf(name).some((one) => labels.has(one)));
  const [first] = begun;
  if (first === undefined || undone.length === 0) return undefined;
  return { outcomes: new Map(undone.map(({ name }) => [name, false])), undone: undoneIn(first.phase) };
}

/**
 * Where `--resume` goes on: the first phase of the playbook whose newest outcome isn't GO, whatever earlier runs said of it.
 */
export function resumePoint(newestFirst: Iterable<readonly StampedEvent[]>, resumed: Resumed): ResumePoint {
  const { playbook, inventoryFile } = resumed;
  const outcomes = new Map<string, Decider & { readonly isGo: boolean }>();
  for (const events of newestFirst) {
    const started = events.find((event): event is Started => event.type === 'run-started');
    if (started?.inventory.file !== resolve(inventoryFile)) continue;
    const said =
      started.command === 'undo' ? saidByUndo(events, resumed) : saidByRun(events, started, resumed);
    if (said === undefined) continue;
    const by = { run: started.run, ...(said.undone === undefined ? {} : { undone: said.undone }) };
    for (const [name, isGo] of said.outcomes) if (!outcomes.has(name)) outcomes.set(name, { ...by, isGo });
    if (playbook.phases.every(({ name }) => outcomes.has(name))) break;
  }
  const phase = playbook.phases.find(({ name }) => outcomes.get(name)?.isGo !== true)?.name;
  const going = [...outcomes.values()].filter(({ isGo }) => isGo);
  const proved = [...new Set(going.map(({ run }) => run))];
  if (phase === undefined) return { proved };
  const decided = outcomes.get(phase);
  if (decided === undefined) return { phase, proved };
  const { isGo: _isGo, ...by } = decided;
  return { phase, by, proved };
}
