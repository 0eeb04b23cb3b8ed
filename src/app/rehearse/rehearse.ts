import { join, resolve } from 'node:path';
import { EXIT } from '../../core/errors.js';
import { afterRehearsal } from '../../render/next-steps.js';
import { rehearsalSummary, visitLines } from '../../render/rehearsal-summary.js';
import { load } from '../load.js';
import { stateDir, targetOptions } from '../options.js';
import { type Io, paintFor, widthOf } from '../terminal/io.js';
import { watchSignals } from '../terminal/signals.js';

export interface RehearseOptions {
  readonly inventory?: string;
  readonly playbook?: string;
  readonly withReboot?: boolean;
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
  readonly stateDir?: string;
  /** False: the caller shows what to do next. */
  readonly showsNext?: boolean;
}

/** Builds the inventory as a lab, applies the playbook in it, prints the result, and takes the lab down. Exits like the apply. */
export async function rehearse(options: RehearseOptions, io: Io): Promise<number> {
  const { inventory } = await load(options, io);
  const [{ labDown, labUp }, { rehearseInside }] = await Promise.all([
    import('../../lab/index.js'),
    import('./rehearsal.js'),
  ]);
  const log = (line: string) => void io.stderr.write(`${line}\n`);
  const { signal, stop } = watchSignals();
  try {
    const began = Date.now();
    // A build that fails cleans up after itself; a lab that was up before stays up.
    const lab = await labUp(inventory, { log, signal });
    const upMs = Date.now() - began;
    try {
      const state = join(resolve(stateDir(options.stateDir, io)), 'rehearsals');
      const outcome = await rehearseInside({
        lab,
        inventory,
        playbook: options.playbook,
        state,
        output: outputFlags(options),
        withReboot: options.withReboot === true,
        signal,
        log,
      });
      const kept = options.keep === true;
      const result = { ...outcome, name: lab.name, upMs, state, kept, inventory: inventory.file };
      const json = options.json === true;
      if (json) io.stdout.write(visitLines(outcome));
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

function outputFlags({ json, verbose, color }: RehearseOptions): string[] {
  return [
    ...(json === true ? ['--json'] : []),
    ...(verbose === true ? ['--verbose'] : []),
    ...(color ? [] : ['--no-color']),
  ];
}
