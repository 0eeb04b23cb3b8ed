import { resolve } from 'node:path';
import type { Playbook } from '../playbook/types.js';
import type { StampedEvent } from './events.js';

export interface ResumePoint {
  /** First phase that was not GO; absent when every phase was. */
  readonly phase?: string;
  /** The newest run that says something about the playbook's phases; absent when there was none. */
  readonly run?: string;
}

type Started = Extract<StampedEvent, { type: 'run-started' }>;

function concerns(
  started: Started | undefined,
  inventoryFile: string,
  playbook: Playbook,
): started is Started {
  return (
    started?.command === 'apply' &&
    started.inventory.file === resolve(inventoryFile) &&
    started.playbook.name === playbook.name
  );
}

/**
 * Where `--resume` goes on: the first phase of the playbook whose newest outcome isn't GO. A phase that a run selected
 * and never reached counts as not GO, whatever earlier runs said of it.
 */
export function resumePoint(
  newestFirst: Iterable<readonly StampedEvent[]>,
  inventoryFile: string,
  playbook: Playbook,
): ResumePoint {
  const outcomes = new Map<string, boolean>();
  let newest: string | undefined;
  for (const events of newestFirst) {
    const started = events.find((event): event is Started => event.type === 'run-started');
    if (!concerns(started, inventoryFile, playbook)) continue;
    newest ??= started.run;
    const went = new Set(
      events.flatMap((event) =>
        event.type === 'phase-ended' && event.outcome === 'go' ? [event.phase] : [],
      ),
    );
    for (const { name } of started.phases) {
      if (!outcomes.has(name)) outcomes.set(name, went.has(name));
    }
    if (playbook.phases.every(({ name }) => outcomes.has(name))) break;
  }
  const phase = playbook.phases.find(({ name }) => outcomes.get(name) !== true)?.name;
  return { ...(phase === undefined ? {} : { phase }), ...(newest === undefined ? {} : { run: newest }) };
}
