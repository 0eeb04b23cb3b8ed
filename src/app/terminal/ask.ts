import { Secret } from '../../core/secret.js';
import type { Io } from './io.js';

/** Whether there is a terminal for the plan and the question. */
export function canConfirm(io: Io, json: boolean): boolean {
  return io.stdin.isTTY === true && io.stdout.isTTY === true && !json;
}

/** Asks on the terminal; no is the default. Rejects when the signal is aborted. */
export async function confirm(message: string, signal: AbortSignal): Promise<boolean> {
  const prompts = await import('@inquirer/prompts');
  return prompts.confirm({ message, default: false }, { signal });
}

/** Asks for a secret without echo, on standard error so that standard output stays clean. Absent without a terminal. */
export function secretAsker(
  io: Io,
  signal: AbortSignal,
): ((question: string) => Promise<Secret>) | undefined {
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true) return undefined;
  return async (question) => {
    const prompts = await import('@inquirer/prompts');
    return new Secret(await prompts.password({ message: question }, { signal, output: process.stderr }));
  };
}
