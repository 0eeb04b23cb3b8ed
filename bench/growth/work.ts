import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadInventory } from '../../src/inventory/index.js';
import { loadPlaybook } from '../../src/playbook/index.js';
import { run } from '../../src/runner/run.js';
import { cannedTransport } from './canned.js';
import { largeInventory } from './inventory.js';

export type GrowthCommand = 'plan' | 'check';

export interface Worked {
  readonly exit: number;
  /** Changes that were planned. */
  readonly changes: number;
}

/** The controller's whole work for a mesh of `size` machines that hold keys and nothing else. */
export async function workOf(size: number, command: GrowthCommand): Promise<Worked> {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-growth-'));
  const file = join(folder, 'inventory.yaml');
  writeFileSync(file, largeInventory(size));
  let changes = 0;
  let errors: readonly unknown[] = [];
  try {
    const { exit } = await run({
      command,
      run: '20260101-000000-growth',
      inventory: await loadInventory(file),
      playbook: await loadPlaybook(resolve('playbooks/mesh.yaml')),
      phases: [],
      only: [],
      transport: cannedTransport,
      emit: (event) => {
        if (event.type === 'step-planned') changes += event.changes.length;
        if (event.type === 'run-ended') errors = event.errors;
      },
      signal: new AbortController().signal,
      concurrency: 16,
    });
    if (errors.length > 0 || (command === 'plan' && exit !== 0))
      throw new Error(JSON.stringify(errors.slice(0, 1)));
    return { exit, changes };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
