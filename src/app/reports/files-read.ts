import { dirname, resolve } from 'node:path';
import type { Loaded } from '../load.js';

/** The user's files that a run reads: the inventory, the playbook, and the files next to it that its steps send. */
export function filesRead({ inventory, playbook }: Pick<Loaded, 'inventory' | 'playbook'>): string[] {
  const steps = playbook.phases.flatMap((phase) => phase.steps);
  const sources = steps.flatMap(({ params }) => sourceIn(params));
  return [inventory.file, playbook.file, ...sources.map((source) => resolve(dirname(playbook.file), source))];
}

function sourceIn(params: unknown): string[] {
  if (typeof params !== 'object' || params === null || !('source' in params)) return [];
  return typeof params.source === 'string' ? [params.source] : [];
}
