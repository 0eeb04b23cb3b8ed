import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { EXIT } from '../../../core/errors.js';
import { loadInventory } from '../../../inventory/index.js';
import type { Inventory } from '../../../model/inventory.js';
import type { Options } from '../../options.js';
import { isOutdated, noteShown } from './shown-plan.js';
import type { WorkRequest } from './types.js';
import { PLAYBOOK } from './write.js';

/** The inventory as it is written. */
export const loaded = ({ io, file }: WorkRequest): Promise<Inventory> => loadInventory(resolve(io.cwd, file));

/** The command's options with their defaults. */
export function optionsFor({ options, io, file }: WorkRequest): Options {
  const playbook = join(dirname(resolve(io.cwd, file)), PLAYBOOK);
  return {
    inventory: file,
    ...(existsSync(playbook) && { playbook: relative(io.cwd, playbook) }),
    phase: [],
    only: [],
    concurrency: 16,
    timeout: options.timeout,
    sudoTimeout: options.sudoTimeout,
    programTimeout: 120,
    color: options.color,
    showsNext: false,
    ...(options.stateDir !== undefined && { stateDir: options.stateDir }),
    ...(options.waitForLock !== undefined && { waitForLock: options.waitForLock }),
  };
}

export async function plan(request: WorkRequest): Promise<number> {
  const { session } = await import('../../session.js');
  const options = optionsFor(request);
  noteShown(options, request.io);
  return session('plan', options, request.io);
}

/** Asks again, after showing the plan of now, if the files are no longer those of the plan that was agreed to. */
export async function apply(request: WorkRequest): Promise<number> {
  const { session } = await import('../../session.js');
  const options = optionsFor(request);
  if (!isOutdated(options, request.io)) return session('apply', { ...options, yes: true }, request.io);
  request.io.stdout.write('The files were changed since that plan was shown.\n');
  return session('apply', options, request.io);
}

/** Measures nothing if no router forwards a port. */
export async function measureForwards(request: WorkRequest): Promise<number> {
  const { sites } = await loaded(request);
  if (sites.every(({ forwards }) => forwards.length === 0)) return EXIT.go;
  const { session } = await import('../../session.js');
  request.io.stdout.write('\nMeasuring that every endpoint leads to its machine\n');
  return session('check', { ...optionsFor(request), playbook: 'forwards' }, request.io);
}

export async function rehearseFiles({ options, io, file, ...request }: WorkRequest): Promise<number> {
  const { rehearse } = await import('../../rehearse/rehearse.js');
  const { inventory = file, playbook, color, stateDir } = optionsFor({ options, io, file, ...request });
  return rehearse(
    {
      inventory,
      color,
      showsNext: false,
      ...(playbook !== undefined && { playbook }),
      ...(stateDir !== undefined && { stateDir }),
    },
    io,
  );
}
