import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import type { Connection, RunOptions, RunResult } from '../../src/remote/transport.js';

/** Runs programs in a local shell, byte for byte as a node's `sh -s` would get them. */
export class LocalConnection implements Connection {
  readonly programs: string[] = [];

  constructor(
    private readonly shell: readonly [string, ...string[]] = ['dash', '-s'],
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  run(program: string, options: RunOptions): Promise<RunResult> {
    this.programs.push(program);
    const [file, ...args] = this.shell;
    return new Promise((resolve, reject) => {
      const child = spawn(file, args, {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { ...process.env, ...this.env },
      });
      const { attachment } = options;
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        const before = said;
        said += chunk.toString('latin1');
        if (attachment && said.includes(attachment.mark) && !before.includes(attachment.mark))
          Readable.from(attachment.open(), { objectMode: false }).pipe(child.stdin);
        options.onStdout?.(chunk);
      });
      child.stderr.on('data', (chunk: Buffer) => options.onStderr?.(chunk));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? 255 }));
      if (attachment) child.stdin.write(program);
      else child.stdin.end(program);
    });
  }

  async close(): Promise<void> {}
}
