import { resolve } from 'node:path';
import { inventoryDigest, playbookDigest } from '../plan/digest.js';
import type { Scope, Selected } from '../plan/scope.js';
import type { RunEvent } from './events.js';
import { overviewOf } from './overview.js';

/** The first event of a run: what it is about. */
export function startEvent(
  { command, inventory, playbook, shard, version }: Selected & { readonly version?: string | undefined },
  scope: Scope,
): RunEvent {
  return {
    type: 'run-started',
    command,
    inventory: {
      file: resolve(inventory.file),
      name: inventory.name,
      digest: inventoryDigest(inventory),
    },
    playbook: { file: resolve(playbook.file), name: playbook.name, digest: playbookDigest(playbook) },
    nodes: [...scope.chosen],
    ...(shard && { shard: { ...shard, total: inventory.nodes.length } }),
    ...(version === undefined ? {} : { version }),
    overview: overviewOf(inventory),
    phases: scope.selected.map(({ name, description, steps, gates }) => ({
      name,
      description,
      steps: [...new Set(steps.map(({ step }) => step.name))],
      gates: gates.map(({ gate }) => gate.name),
    })),
  };
}
