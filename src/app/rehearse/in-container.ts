import { dirname, resolve } from 'node:path';
import { docker, startHost, takeDown } from '../../lab/docker/driver.js';
import { inside } from '../../lab/docker/inside.js';
import type { Inventory } from '../../model/inventory.js';
import type { StampedEvent } from '../../runner/events/events.js';
import { readJournal, runIds, runsFolder } from '../../runner/journal/journal.js';
import { locatePlaybook } from '../locate.js';
import { stateDir } from '../options.js';
import type { RunReports } from '../reports/run-reports.js';
import type { Io } from '../terminal/io.js';
import { watchSignals } from '../terminal/signals.js';
import { isFile } from './change/former.js';
import { outputFlags, type RehearseOptions, rehearsalsFolder } from './options.js';
import { asOwn } from './rehearsed-event.js';

export interface ContainerRehearsal {
  readonly options: RehearseOptions;
  readonly inventory: Inventory;
  readonly io: Io;
  readonly reports: RunReports | undefined;
  /** Folder of the programs that nodes are sent, if there are any. */
  readonly programs: string | undefined;
}

/**
 * Rehearses in a container of Docker, by this same command in there. Its journals come back from it, and reports are written
 * here, so that both belong to the user. Exits like the apply.
 */
export async function rehearseInContainer(rehearsal: ContainerRehearsal): Promise<number> {
  const { options, inventory, io, reports, programs } = rehearsal;
  const log = (line: string) => void io.stderr.write(`${line}\n`);
  const { signal, stop } = watchSignals(io);
  const state = resolve(stateDir(options.stateDir, io));
  const rehearsals = rehearsalsFolder(state);
  try {
    const host = await startHost(inventory, {
      log,
      signal,
      folders: [...foldersOf(options, io), ...(programs === undefined ? [] : [programs])],
    });
    let isKept = false;
    try {
      if (options.against !== undefined) await host.send(runsFolder(state));
      const earlier = new Set(runIds(rehearsals));
      const words = [
        ...wordsOf(options, inventory, state),
        ...(programs === undefined ? [] : ['--programs', programs]),
      ];
      const { code } = await host.tool(words, { folder: io.cwd, inherit: true, signal });
      await host.fetch(rehearsals);
      for (const event of applySince(earlier, rehearsals)) reports?.event(asOwn(event, inventory));
      isKept = options.keep === true && (await docker.status(inventory)).state === 'up';
      return code;
    } finally {
      if (!isKept) await takeDown(inventory, host, log);
    }
  } finally {
    stop();
  }
}

/** The events of the newest apply among the runs of a state folder that aren't earlier ones; none if there is none. */
export function applySince(earlier: ReadonlySet<string>, stateDir: string): readonly StampedEvent[] {
  const runs = runIds(stateDir).filter((run) => !earlier.has(run));
  const isApply = ([first]: readonly StampedEvent[]) =>
    first?.type === 'run-started' && first.command === 'apply';
  return runs.map((run) => readJournal(stateDir, run)).findLast(isApply) ?? [];
}

function foldersOf({ playbook, against }: RehearseOptions, { cwd }: Io): string[] {
  const isPath = playbook !== undefined && locatePlaybook(playbook) === playbook;
  const files = [
    ...(isPath ? [playbook] : []),
    ...(against !== undefined && isFile(against) ? [against] : []),
  ];
  return [cwd, ...files.map((file) => dirname(resolve(file)))];
}

function wordsOf(options: RehearseOptions, { file }: Inventory, state: string): string[] {
  const { playbook, against } = options;
  return [
    ...inside(['rehearse'], file),
    ...['--state-dir', state],
    ...(playbook === undefined ? [] : ['-p', playbook]),
    ...(against === undefined ? [] : ['--against', against]),
    ...(options.withReboot === true ? ['--with-reboot'] : []),
    ...(options.deep === false ? ['--no-deep'] : []),
    ...(options.keep === true ? ['--keep'] : []),
    ...(options.showsNext === false ? ['--no-shows-next'] : []),
    ...outputFlags(options),
  ];
}
