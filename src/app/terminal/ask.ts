import { BridgeheadError } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';
import type { Io } from './io.js';

/** Whether there is a terminal for the plan and the question. */
export function canConfirm(io: Io, json: boolean): boolean {
  return io.stdin.isTTY === true && io.stdout.isTTY === true && !json;
}

/** Throws E_USAGE if there is no terminal for the question that a command has to ask. */
export function requireConfirmable(
  command: string,
  { io, json, fix }: { readonly io: Io; readonly json: boolean; readonly fix: string },
): void {
  if (canConfirm(io, json)) return;
  throw new BridgeheadError(
    'E_USAGE',
    `${command} asks for confirmation, and there is no terminal to ask on`,
    { fix },
  );
}

/** Asks on the terminal; no is the default. Rejects when the signal is aborted. */
export async function confirm(message: string, signal: AbortSignal): Promise<boolean> {
  const { default: inquirer } = await import('inquirer');
  const ask = inquirer.createPromptModule({ signal });
  const { yes } = await ask([{ type: 'confirm', name: 'yes', message, default: false }]);
  return yes;
}

/** Asks for a secret without echo, on standard error so that standard output stays clean. Absent without a terminal. */
export function secretAsker(
  io: Io,
  signal: AbortSignal,
): ((question: string) => Promise<Secret>) | undefined {
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true) return undefined;
  return async (question) => {
    const { default: inquirer } = await import('inquirer');
    const ask = inquirer.createPromptModule({ signal, output: process.stderr });
    const { secret } = await ask([{ type: 'password', name: 'secret', message: question }]);
    return new Secret(secret);
  };
}
