import { resolve } from 'node:path';
import type { Playbook } from '../../playbook/types.js';
import type { StampedEvent } from '../events/events.js';
import type { Shard } from '../shards/shard.js';

export interface ResumePoint {
  /** First phase that was not GO; absent when every phase was. */
  readonly phase?: string;
  /** The newest run that says something about the playbook's phases; absent when there was none. */
  readonly run?: string;
}

type Started = Extract<StampedEvent, { type: 'run-started' }>;

export interface Resumed {
  readonly inventoryFile: string;
  readonly playbook: Playbook;
  readonly shard?: Shard | undefined;
}

function concerns(started: Started | undefined, { inventoryFile, playbook }: Resumed): started is Started {
  return (
    started?.command === 'apply' &&
    started.inventory.file === resolve(inventoryFile) &&
    started.playbook.name === playbook.name
  );
}

const isSame = (one: Shard, other: Shard | undefined): boolean =>
  one.index === other?.index && one.of === other.of;

/**
 * Where `--resume` goes on: the first phase of the playbook whose newest outcome isn't GO. A phase that a run selected
 * and never reached counts as not GO, whatever earlier runs said of it. What one shard proved doesn't prove all, nor
 * another shard; what it did not prove, nobody has.
 */
export function resumePoint(newestFirst: Iterable<readonly StampedEvent[]>, resumed: Resumed): ResumePoint {
  const { playbook, shard } = resumed;
  const outcomes = new Map<string, boolean>();
  let newest: string | undefined;
  for (const events of newestFirst) {
    const started = events.find((event): event is Started => event.type === 'run-started');
    if (!concerns(started, resumed)) continue;
    const covers = started.shard === undefined || isSame(started.shard, shard);
    if (!covers && shard !== undefined) continue;
    newest ??= started.run;
    const went = new Set(
      events.flatMap((event) =>
        event.type === 'phase-ended' && event.outcome === 'go' ? [event.phase] : [],
      ),
    );
    for (const { name } of started.phases) {
      if (!outcomes.has(name) && (covers || !went.has(name))) outcomes.set(name, went.has(name));
    }
    if (playbook.phases.every(({ name }) => outcomes.has(name))) break;
  }
  const phase = playbook.phases.find(({ name }) => outcomes.get(name) !== true)?.name;
  return { ...(phase === undefined ? {} : { phase }), ...(newest === undefined ? {} : { run: newest }) };
}
