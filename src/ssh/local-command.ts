import { StringDecoder } from 'node:string_decoder';
import { $ } from 'zx/core';
import { allowUnreadInput } from '../core/standard-input.js';
import { quote } from '../remote/quote.js';

const MAX_OUTPUT = 1 << 20;
/** How long what an ended program has left running may keep its output open. */
const LINGER_MS = 1000;

export interface LocalReply {
  /** Exit status; null if the program was ended. */
  readonly code: number | null;
  /** What ended it, if not the program itself: its time or its output was over, or a signal. */
  readonly endedBy?: 'time' | 'output' | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LocalOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  /** Where it runs; this process's folder if left out. */
  readonly cwd?: string;
  /** What it reads on standard input; nothing if left out. */
  readonly input?: string;
  /** Receives the program's output as it is written. */
  readonly onStdout?: (chunk: string) => void;
}

/**
 * Runs a local program without a terminal, and ends it after the time limit or 1 MiB of output. What it leaves running in the
 * background is not waited for.
 */
export async function localCommand(words: readonly string[], options: LocalOptions): Promise<LocalReply> {
  const env = Object.fromEntries(Object.entries(options.env).filter(([name]) => !name.startsWith('ZX_')));
  // Where sh is a bash: with a socket as stdin and no outer shell it believes that rshd started it, and reads ~/.bashrc.
  env['SHLVL'] = '1';
  const running = $({
    env,
    shell: '/bin/sh',
    quote,
    prefix: '',
    postfix: '',
    nothrow: true,
    quiet: true,
    verbose: false,
    preferLocal: false,
    detached: false,
    cwd: options.cwd ?? process.cwd(),
    input: '',
  })`exec ${words}`;
  if (options.input !== undefined) {
    allowUnreadInput(running.stdin, (error) => {
      throw error;
    });
    running.stdin.end(options.input);
  }
  let endedBy: LocalReply['endedBy'];
  const end = (reason: 'time' | 'output'): void => {
    if (endedBy !== undefined || hasExited) return;
    endedBy = reason;
    void running.kill('SIGKILL');
  };
  let hasExited = false;
  const timer = setTimeout(end, options.timeoutMs, 'time');
  running.child?.once('exit', () => {
    hasExited = true;
    clearTimeout(timer);
    setTimeout(() => {
      running.stdout.destroy();
      running.stderr.destroy();
    }, LINGER_MS).unref();
  });
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_OUTPUT) end('output');
  };
  running.stdout.on('data', count);
  const decoder = new StringDecoder('utf8');
  running.stdout.on('data', (chunk: Buffer) => options.onStdout?.(decoder.write(chunk)));
  running.stderr.on('data', count);
  const { exitCode, signal, stdout, stderr } = await running;
  clearTimeout(timer);
  const by = endedBy ?? signal ?? undefined;
  return { code: by === undefined ? exitCode : null, ...(by && { endedBy: by }), stdout, stderr };
}
