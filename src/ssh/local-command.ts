import { StringDecoder } from 'node:string_decoder';
import { $, useBash } from 'zx/core';

const MAX_OUTPUT = 1 << 20;

// Resets what ZX_SHELL and the like have set at import.
useBash();

export interface LocalReply {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LocalOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  /** Receives the program's output as it is written. */
  readonly onStdout?: (chunk: string) => void;
}

/** Runs a local program without a terminal or input, and ends it after the time limit or 1 MiB of output. */
export async function localCommand(words: readonly string[], options: LocalOptions): Promise<LocalReply> {
  const env = Object.fromEntries(Object.entries(options.env).filter(([name]) => !name.startsWith('ZX_')));
  // A bash with a socket as stdin and no outer shell believes that rshd started it, and reads ~/.bashrc.
  env['SHLVL'] = '1';
  const running = $({
    env,
    prefix: '',
    postfix: '',
    nothrow: true,
    quiet: true,
    verbose: false,
    preferLocal: false,
    detached: false,
    cwd: process.cwd(),
    input: '',
    timeout: options.timeoutMs,
    timeoutSignal: 'SIGKILL',
  })`${words}`;
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_OUTPUT) void running.kill('SIGKILL');
  };
  running.stdout.on('data', count);
  const decoder = new StringDecoder('utf8');
  running.stdout.on('data', (chunk: Buffer) => options.onStdout?.(decoder.write(chunk)));
  running.stderr.on('data', count);
  const reply = await running;
  return { code: bytes > MAX_OUTPUT ? null : reply.exitCode, stdout: reply.stdout, stderr: reply.stderr };
}
