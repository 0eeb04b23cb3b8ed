import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError } from '../../core/errors.js';
import { runCommand, TooSlow, tail } from './command.js';

const ATTEMPT_MS = 10_000;

export interface Awaited extends Repeating {
  /** `the lab's login server` */
  readonly what: string;
  /** File of the server's log. */
  readonly log: string;
}

export interface Repeating {
  readonly deadlineMs: number;
  /** Milliseconds before the second attempt; twice as many before each later one, up to a second. */
  readonly pause: number;
  /** An attempt that takes longer is given up, and made again. */
  readonly attemptMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a command until it succeeds: what it prints then, or after the deadline the last thing seen. */
export async function repeated(
  argv: readonly string[],
  { deadlineMs, pause: first, attemptMs = ATTEMPT_MS, signal }: Repeating,
): Promise<{ readonly answer?: string; readonly seen: string }> {
  const deadline = Date.now() + deadlineMs;
  let seen = '';
  for (let pause = first; Date.now() < deadline; pause = Math.min(pause * 2, 1_000)) {
    try {
      const { code, stdout, stderr } = await runCommand(argv, { timeoutMs: attemptMs, signal });
      if (code === 0) return { answer: stdout, seen };
      seen = (stderr.trim() === '' ? stdout : stderr).trim();
    } catch (error) {
      if (!(error instanceof TooSlow)) throw error;
      seen = error.message;
    }
    await sleep(pause);
  }
  return { seen };
}

/** What a command that asks a server of the lab prints, as soon as it succeeds. E_LAB with the server's log if it never does. */
export async function untilAnswered(
  { what, log, ...asked }: Awaited,
  argv: readonly string[],
): Promise<string> {
  const { answer, seen } = await repeated(argv, asked);
  if (answer !== undefined) return answer;
  throw new BridgeheadError('E_LAB', `${what} does not answer`, {
    evidence: tail(`${await readFile(log, 'utf8')}\n${seen}`),
    fix: `see ${log}`,
  });
}
