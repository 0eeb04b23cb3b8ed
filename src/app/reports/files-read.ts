import { dirname, resolve } from 'node:path';
import type { Inventory } from '../../model/inventory.js';
import type { Playbook } from '../../playbook/types.js';

/** The user's files that a run reads: the inventory, the playbook, and the files next to it that its steps send. */
export function filesRead(
  { file: inventory }: Pick<Inventory, 'file'>,
  { file: playbook, phases }: Pick<Playbook, 'file' | 'phases'>,
): string[] {
  const sources = phases.flatMap(({ steps }) => steps.flatMap(({ params }) => sourceIn(params)));
  return [inventory, playbook, ...sources.map((source) => resolve(dirname(playbook), source))];
}

function sourceIn(params: unknown): string[] {
  if (typeof params !== 'object' || params === null || !('source' in params)) return [];
  return typeof params.source === 'string' ? [params.source] : [];
}
