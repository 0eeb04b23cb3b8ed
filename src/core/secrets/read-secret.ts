import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { BridgeheadError } from '../errors.js';
import { Secret } from '../secret.js';
import { homeOf } from '../user.js';
import type { SecretRef } from './reference.js';
import { firstLineOf, secretIn, type Unusable } from './secret-file.js';

/** Seconds that a command may take; it may ask for a passphrase. */
const PATIENCE = 120;

type Env = Readonly<Record<string, string | undefined>>;

/** The secret that a reference names; E_SECRET if it can't be had. Nothing of what was read is in the error. */
export async function readSecret(ref: SecretRef, env: Env = process.env): Promise<Secret> {
  const [place, found] = await find(ref, env);
  if (found instanceof Secret) return found;
  const { reason, fix, cause } = found;
  throw new BridgeheadError('E_SECRET', `${ref.what}: ${place} ${reason}`, { fix, cause });
}

async function find(ref: SecretRef, env: Env): Promise<readonly [string, Secret | Unusable]> {
  if ('env' in ref) {
    const text = env[ref.env];
    const unset = { reason: 'is not set', fix: `set it: export ${ref.env}=…` };
    return [`environment variable ${ref.env}`, text === undefined || text === '' ? unset : firstLineOf(text)];
  }
  if ('file' in ref) {
    const path = ref.file.replace(/^~(?=\/|$)/, () => homeOf(env));
    return [ref.file, await secretIn(path, ref.file)];
  }
  return [`command ${ref.command[0]}`, await printed(ref.command, ref.folder, env)];
}

/** The first line that a program prints; what it writes to standard error is the user's to see, never ours to keep. */
function printed(words: readonly string[], folder: string, env: Env): Promise<Secret | Unusable> {
  const [program = '', ...rest] = words;
  const path = program.includes('/') ? join(folder, program) : program;
  return new Promise((resolve) => {
    const child = execFile(
      program.startsWith('/') ? program : path,
      rest,
      { cwd: folder, env: { ...env }, timeout: PATIENCE * 1000, maxBuffer: 64 * 1024 },
      (error, stdout) => {
        if (error === null) return resolve(firstLineOf(stdout));
        resolve({ reason: whyFailed(error), fix: `run it yourself in ${folder}: it must print the secret` });
      },
    );
    child.stdin?.end();
    child.stderr?.pipe(process.stderr);
  });
}

function whyFailed(error: Error & { code?: unknown; killed?: boolean }): string {
  if (error.code === 'ENOENT') return 'is not there';
  if (error.killed === true) return `did not end within ${PATIENCE} s`;
  return typeof error.code === 'number'
    ? `ended with status ${error.code}`
    : `could not be run (${error.code})`;
}
