import { runCommand } from '../host/command.js';
import { processBegan } from '../state.js';

/** A process, as `PID START`, so that a later one with the same id isn't mistaken for it; undefined when there is no such process. */
export async function processMark(pid: number): Promise<string | undefined> {
  const began = process.platform === 'linux' ? await processBegan(pid) : await beganByPs(pid);
  return began === undefined ? undefined : `${pid} ${began}`;
}

/** Whether a process that `processMark` has marked is alive. */
export async function isAlive(mark: string): Promise<boolean> {
  const pid = Number.parseInt(mark, 10);
  return Number.isSafeInteger(pid) && (await processMark(pid)) === mark;
}

/** Where there is no /proc, as on a Mac. */
async function beganByPs(pid: number): Promise<string | undefined> {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const { code, stdout } = await runCommand(['ps', '-o', 'lstart=', '-p', String(pid)], { env });
  return code === 0 ? stdout.trim() : undefined;
}
