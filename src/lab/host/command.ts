import type { StdioOptions } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { $ } from 'zx/core';
import { BridgeheadError } from '../../core/errors.js';
import { allowUnreadInput } from '../../core/standard-input.js';
import { quote } from '../../remote/quote.js';
import type { CommandResult } from '../types.js';

const MAX_BYTES = 16 * 1024 * 1024;

export interface CommandOptions {
  readonly input?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** The complete environment; default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly inherit?: boolean | undefined;
  /** Gets each line of standard error when it is complete. */
  readonly onErrorLine?: ((line: string) => void) | undefined;
}

/** The environment without variables that zx would read as options. */
export function cleanEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept = Object.entries(env).filter(([name, value]) => !name.startsWith('ZX_') && value !== undefined);
  return Object.fromEntries(kept) as Record<string, string>;
}

/** A command took longer than it may. */
export class TooSlow extends BridgeheadError {}

/** Runs a local command; any exit status is an answer. Rejects with TooSlow on a timeout, E_LAB on a flood, E_INTERRUPTED when aborted. */
export async function runCommand(
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { signal, timeoutMs } = options;
  if (signal?.aborted) throw interrupted(argv);
  // zx takes empty input for none, and would leave the pipe open.
  const input = options.inherit ? 'inherit' : options.input ? 'pipe' : 'ignore';
  const output = options.inherit ? 'inherit' : 'pipe';
  const started = $({
    cwd: process.cwd(),
    shell: '/bin/sh',
    prefix: 'exec ',
    postfix: '',
    quote,
    nothrow: true,
    quiet: true,
    verbose: false,
    // A process group of its own, so that all of it can be ended; a command with the terminal stays in the terminal's group.
    detached: !options.inherit,
    preferLocal: false,
    killSignal: 'SIGKILL',
    stdio: [input, output, output] as StdioOptions,
    env: cleanEnvironment(options.env),
    ...(options.input ? { input: options.input } : {}),
  })`${[...argv]}`;
  let ended: BridgeheadError | undefined;
  const end = (error: BridgeheadError) => {
    ended ??= error;
    killGroup(started.pid, !options.inherit);
  };
  if (started.child?.stdin)
    allowUnreadInput(started.child.stdin, ({ message }) =>
      end(lab(`\`${argv[0]}\` can't be given its input: ${message}`, argv)),
    );
  for (const stream of [started.child?.stdout, started.child?.stderr]) {
    let seen = 0;
    stream?.on('data', (chunk: Buffer) => {
      seen += chunk.length;
      if (seen > MAX_BYTES) end(lab(`\`${argv[0]}\` printed more than ${MAX_BYTES >> 20} MiB`, argv));
    });
  }
  if (options.onErrorLine !== undefined && started.child?.stderr)
    createInterface(started.child.stderr).on('line', options.onErrorLine);
  const onAbort = () => end(interrupted(argv));
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => end(tooSlow(argv, timeoutMs)), timeoutMs);
  try {
    const { exitCode, signal: killedBy, stdout, stderr } = await started;
    if (ended !== undefined) throw ended;
    return { code: exitCode ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy]), stdout, stderr };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** The same, for commands that have to succeed: returns stdout, rejects with E_LAB and what was said. */
export async function must(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await runCommand(argv, options);
  if (code === 0) return stdout;
  throw new BridgeheadError('E_LAB', `\`${shown(argv)}\` failed with status ${code}`, {
    evidence: tail(stderr.trim() === '' ? stdout : stderr),
  });
}

/** The last lines of a text, for evidence. */
export function tail(text: string, lines = 12): string {
  return text
    .replaceAll(/\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]/g, '')
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .join('\n');
}

function killGroup(pid: number | undefined, group: boolean): void {
  if (pid === undefined) return;
  try {
    // A command with the terminal may have to clean up; it is asked to end, and waited for.
    process.kill(group ? -pid : pid, group ? 'SIGKILL' : 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function interrupted(argv: readonly string[]): BridgeheadError {
  return new BridgeheadError('E_INTERRUPTED', `interrupted during \`${argv[0]}\``);
}

function lab(message: string, argv: readonly string[]): BridgeheadError {
  return new BridgeheadError('E_LAB', message, { evidence: shown(argv) });
}

function tooSlow(argv: readonly string[], timeoutMs: number): TooSlow {
  return new TooSlow('E_LAB', `\`${argv[0]}\` took longer than ${Math.round(timeoutMs / 1000)} s`, {
    evidence: shown(argv),
  });
}

function shown(argv: readonly string[]): string {
  const text = argv.join(' ');
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
