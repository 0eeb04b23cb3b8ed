import { resolve } from 'node:path';
import type { Inventory } from '../../model/inventory.js';
import { inventoryDigest, playbookDigest } from '../plan/digest.js';
import type { Scope, Selected } from '../plan/scope.js';
import type { Command } from './commands.js';
import type { AnnouncedPhase, RunEvent } from './events.js';
import { overviewOf } from './overview.js';

type Started = Extract<RunEvent, { type: 'run-started' }>;

export interface StartRequest {
  readonly command: Command;
  readonly inventory: Inventory;
  /** Of the program. */
  readonly version?: string | undefined;
  /** Names of those that may be changed or measured. */
  readonly nodes: Iterable<string>;
  readonly phases: readonly AnnouncedPhase[];
}

/** The first event of a run without a playbook. */
export function plainStart({ command, inventory, version, nodes, phases }: StartRequest): Started {
  return {
    type: 'run-started',
    command,
    inventory: {
      file: resolve(inventory.file),
      name: inventory.name,
      digest: inventoryDigest(inventory),
    },
    nodes: [...nodes],
    ...(version === undefined ? {} : { version }),
    overview: overviewOf(inventory),
    phases,
  };
}

/** The first event of a run: what it is about. */
export function startEvent(
  { command, inventory, playbook, shard, version }: Selected & { readonly version?: string | undefined },
  scope: Scope,
): Started {
  const phases = scope.selected.map(({ name, description, steps, gates }) => ({
    name,
    description,
    steps: [...new Set(steps.map(({ step }) => step.name))],
    gates: gates.map(({ gate }) => gate.name),
  }));
  return {
    ...plainStart({ command, inventory, version, nodes: scope.chosen, phases }),
    playbook: { file: resolve(playbook.file), name: playbook.name, digest: playbookDigest(playbook) },
    ...(shard && { shard: { ...shard, total: inventory.nodes.length } }),
  };
}
