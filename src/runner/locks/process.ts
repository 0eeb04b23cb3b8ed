import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { systemCode } from '../../core/errors.js';
import type { Holder } from '../../guard/index.js';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** What distinguishes this process from any that has its id later; empty if the system has no /proc. */
export function thisProcess(): Pick<Holder, 'bootid' | 'started'> {
  const [bootid, started] = [bootId(), startOf(process.pid)];
  return bootid === undefined || started === undefined ? {} : { bootid, started };
}

/** Undefined if the system doesn't say. */
export const bootId = (): string | undefined => textOf(BOOT_ID)?.trim();

/** When a process was started, in ticks since the boot; undefined if the system doesn't say. */
export function startOf(pid: number): string | undefined {
  // The name of the program comes before it, and may have spaces and brackets.
  return textOf(`/proc/${pid}/stat`)?.replace(/^.*\)/s, '').trim().split(' ')[19];
}

/**
 * The program that a process runs, and the script if it is an interpreter of one, without the arguments, which may have secrets;
 * undefined if the system doesn't say.
 */
export function commandOf(pid: number): string | undefined {
  const [program = '', script = '-'] = textOf(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
  if (program === '') return textOf(`/proc/${pid}/comm`)?.trim();
  return isAbsolute(script) ? `${program} ${script}` : program;
}

/** Whether there is a process; one that belongs to another user is. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

/** Undefined if the system has no such file, or the process has ended meanwhile. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
