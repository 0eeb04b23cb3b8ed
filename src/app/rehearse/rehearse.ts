import { resolve } from 'node:path';
import { EXIT, InputError } from '../../core/errors.js';
import { defaultDriver } from '../../lab/driver.js';
import type { Inventory } from '../../model/inventory.js';
import type { Playbook } from '../../playbook/types.js';
import { afterRehearsal } from '../../render/next-steps.js';
import { outageJson } from '../../render/rehearsal/outages.js';
import { rehearsalSummary, visitLines } from '../../render/rehearsal/summary.js';
import { type Loaded, load } from '../load.js';
import { stateDir, targetOptions } from '../options.js';
import { filesRead } from '../reports/files-read.js';
import type { RunReports } from '../reports/run-reports.js';
import { reportsWanted } from '../reports/wanted.js';
import { type Io, paintFor, widthOf } from '../terminal/io.js';
import { watchSignals } from '../terminal/signals.js';
import type { Former } from './change/former.js';
import { outputFlags, type RehearseOptions, rehearsalsFolder } from './options.js';
import { asOwn } from './rehearsed-event.js';

/** Builds the inventory as a lab, applies the playbook in it, prints the result, and takes the lab down. Exits like the apply. */
export async function rehearse(options: RehearseOptions, io: Io): Promise<number> {
  const reports = await reportsWanted(options, io);
  try {
    const loaded = await load(options, io);
    reports?.spare(filesRead(loaded));
    return await rehearseLoaded(loaded, options, io, reports);
  } catch (error) {
    if (error instanceof InputError) reports?.refused(error);
    throw error;
  } finally {
    reports?.write();
  }
}

async function rehearseLoaded(
  { inventory, playbook }: Loaded,
  options: RehearseOptions,
  io: Io,
  reports: RunReports | undefined,
): Promise<number> {
  const log = (line: string) => void io.stderr.write(`${line}\n`);
  const programsOf = async (signal: AbortSignal) => {
    const { labPrograms } = await import('./programs.js');
    return labPrograms({ inventory, playbook }, { given: options.programs, io, signal, log });
  };
  if ((options.driver ?? defaultDriver()) === 'docker') {
    const { rehearseInContainer } = await import('./in-container.js');
    const programs = await fetching(io, programsOf);
    return rehearseInContainer({ options, inventory, io, reports, programs });
  }
  const former = await formerWanted(inventory, options, io);
  const [{ labDown, labUp }, { rehearseInside }, { labFor, rehearseChange }] = await Promise.all([
    import('../../lab/index.js'),
    import('./rehearsal.js'),
    import('./change/change.js'),
  ]);
  const { signal, stop } = watchSignals(io);
  try {
    const programs = await programsOf(signal);
    const began = Date.now();
    // A build that fails cleans up after itself; a lab that was up before stays up.
    const built = former === undefined ? { inventory } : labFor(former, inventory);
    const lab = await labUp(built.inventory, {
      log,
      signal,
      installs: installs(playbook),
      ...('needs' in built && { needs: built.needs }),
    });
    const upMs = Date.now() - began;
    try {
      const state = rehearsalsFolder(resolve(stateDir(options.stateDir, io)));
      const request = {
        lab,
        inventory,
        playbook: options.playbook,
        state,
        output: outputFlags(options),
        programs,
        withReboot: options.withReboot === true,
        deep: options.deep !== false,
        signal,
        log,
      };
      const outcome =
        former === undefined ? await rehearseInside(request) : await rehearseChange({ ...request, former });
      for (const event of outcome.apply.events) reports?.event(asOwn(event, inventory));
      const kept = options.keep === true;
      const result = { ...outcome, name: lab.name, upMs, state, kept, inventory: inventory.file };
      const json = options.json === true;
      if (json) io.stdout.write(`${outageJson(result.change?.outages ?? [])}${visitLines(outcome)}`);
      const paint = paintFor(io, 'stdout', options.color);
      (json ? io.stderr : io.stdout).write(rehearsalSummary(result, widthOf(io), paint));
      if (!json && io.stdout.isTTY === true && outcome.code === EXIT.go && options.showsNext !== false)
        io.stdout.write(afterRehearsal(targetOptions(options, inventory), paint));
      return outcome.code;
    } finally {
      if (options.keep !== true) await labDown(inventory, { log });
    }
  } finally {
    stop();
  }
}

/** Does work that an interruption ends. */
async function fetching<T>(io: Io, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, stop } = watchSignals(io);
  return work(signal).finally(stop);
}

/** What the change is rehearsed against, if one is asked for. */
async function formerWanted(
  next: Inventory,
  { against, playbook, stateDir: folder }: RehearseOptions,
  io: Io,
): Promise<Former | undefined> {
  if (against === undefined) return undefined;
  const { findFormer } = await import('./change/former.js');
  return findFormer({ against, next, playbook, stateDir: stateDir(folder, io) });
}

const installs = ({ phases }: Playbook): boolean =>
  phases.some(({ steps }) => steps.some(({ kind }) => kind === 'package'));
