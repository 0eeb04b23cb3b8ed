import { $, useBash } from 'zx/core';

const MAX_OUTPUT = 1 << 20;

// What ZX_SHELL and its like put in place at import is put back.
useBash();

export interface LocalReply {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LocalOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

/** Runs one program of this machine, without a terminal and without input; ends it past the time or 1 MiB of output. */
export async function localCommand(words: readonly string[], options: LocalOptions): Promise<LocalReply> {
  const env = Object.fromEntries(Object.entries(options.env).filter(([name]) => !name.startsWith('ZX_')));
  // A bash that finds a socket for stdin and no outer shell takes itself for one of rshd's and reads ~/.bashrc.
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
  running.stderr.on('data', count);
  const reply = await running;
  return { code: bytes > MAX_OUTPUT ? null : reply.exitCode, stdout: reply.stdout, stderr: reply.stderr };
}
