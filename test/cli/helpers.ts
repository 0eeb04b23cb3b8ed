import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Io } from '../../src/app/terminal/io.js';
import { runCli } from '../../src/cli/program.js';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, with streams that are no terminal. */
export async function cli(argv: readonly string[], cwd = process.cwd(), tty = false): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    stdout: {
      write: (text) => {
        stdout += text;
      },
      isTTY: tty,
    },
    stderr: {
      write: (text) => {
        stderr += text;
      },
      isTTY: tty,
    },
    stdin: { isTTY: tty },
    env: { NO_COLOR: '1', HOME: cwd },
    cwd,
  };
  const code = await runCli(argv, io);
  return { code, stdout, stderr };
}

const folders: string[] = [];

/** A folder with these files, gone after the test. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-cli-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Two machines whose SSH port nobody listens on. */
export const DEAD_INVENTORY = `name: dead
nodes:
  a-1: { public: 127.0.0.1, ssh: { port: 1, user: root } }
  b-1: { public: 127.0.0.2, ssh: { port: 1, user: root } }
networks:
  mesh:
    interface: wg0
    range: 172.27.15.0/24
    addresses: { a-1: 172.27.15.1, b-1: 172.27.15.2 }
`;
