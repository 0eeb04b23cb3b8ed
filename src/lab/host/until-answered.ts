import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError } from '../../core/errors.js';
import { type runCommand, tail } from './command.js';

export interface Awaited {
  /** `the lab's login server` */
  readonly what: string;
  /** File of the server's log. */
  readonly log: string;
  readonly deadlineMs: number;
  /** Milliseconds before the second attempt; twice as many before each later one, up to a second. */
  readonly pause: number;
}

/** What a command that asks a server of the lab prints, as soon as it succeeds. E_LAB with the server's log if it never does. */
export async function untilAnswered(
  { what, log, deadlineMs, pause: first }: Awaited,
  ask: () => ReturnType<typeof runCommand>,
): Promise<string> {
  const deadline = Date.now() + deadlineMs;
  let seen = '';
  for (let pause = first; Date.now() < deadline; pause = Math.min(pause * 2, 1_000)) {
    const { code, stdout, stderr } = await ask();
    if (code === 0) return stdout;
    seen = stderr.trim();
    await sleep(pause);
  }
  throw new BridgeheadError('E_LAB', `${what} does not answer`, {
    evidence: tail(`${await readFile(log, 'utf8')}\n${seen}`),
    fix: `see ${log}`,
  });
}
