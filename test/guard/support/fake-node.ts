import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Part } from '../../../src/remote/part.js';
import type { Fragment, FragmentReply } from '../../../src/remote/program.js';
import { standalone } from '../../../src/remote/script.js';

export const SHELLS = { dash: 'dash', bash: 'bash --posix', busybox: 'busybox sh' } as const;
export type Shell = keyof typeof SHELLS;

/** Records how it was called, and answers as a systemd on which all goes well. */
const SYSTEMCTL = '#!/bin/sh\necho "systemctl $*" >>"$CALLS"\n';
/** A timer is only noted down; a scope runs its command, as the true one does. */
const SYSTEMD_RUN = `#!/bin/sh
echo "systemd-run $*" >>"$CALLS"
case " $* " in *' --scope '*) while [ "$1" != sh ]; do shift; done; exec "$@" ;; esac
`;

/** No package owns a file here; the true one reads the lists of all packages to say so. */
const DPKG_QUERY = '#!/bin/sh\nexit 1\n';

/**
 * A folder in which fragments of the guard run for real under one shell, as the user who runs the tests: its own state
 * folder, folder of units and systemd. Folders of the node are replaced by ones with names just as long, so that what
 * a fragment says of lengths stays true.
 */
export class FakeNode {
  readonly root = mkdtempSync(join(tmpdir(), 'bridgehead-guard-'));
  readonly #shell: string;
  readonly #places = new Map<string, string>();

  constructor(shell: Shell, { systemd = true } = {}) {
    this.#shell = SHELLS[shell];
    mkdirSync(join(this.root, 'bin'));
    for (const place of ['/var/lib/bridgehead', '/etc/systemd/system', '/run/systemd/system']) {
      this.#places.set(place, `/tmp/${randomBytes(16).toString('hex')}`.slice(0, place.length));
    }
    for (const place of ['/etc/systemd/system', ...(systemd ? ['/run/systemd/system'] : [])]) {
      mkdirSync(this.place(place));
    }
    this.tool('systemctl', SYSTEMCTL);
    this.tool('systemd-run', SYSTEMD_RUN);
    this.tool('sync', '#!/bin/sh\n');
    this.tool('dpkg-query', DPKG_QUERY);
    // Called sh, bash is POSIX by itself, and busybox is its ash.
    const bin = (process.env['PATH'] ?? '').split(':').find((place) => existsSync(join(place, shell)));
    if (bin === undefined) throw new Error(`${shell} is not installed`);
    symlinkSync(join(bin, shell), join(this.root, 'bin/sh'));
  }

  /** Where a folder of the node stands here. */
  place(path: string): string {
    return this.#places.get(path) ?? path;
  }

  state(...parts: readonly string[]): string {
    return join(this.place('/var/lib/bridgehead'), ...parts);
  }

  tool(name: string, text: string): void {
    const file = join(this.root, 'bin', name);
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }

  /** What systemd was asked for, one line a call. */
  calls(): string[] {
    try {
      return readFileSync(join(this.root, 'calls'), 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  }

  run(fragment: Fragment): Promise<FragmentReply> {
    let script = standalone(fragment.script);
    for (const [from, to] of this.#places) script = script.replaceAll(from, to);
    const [command = 'sh', ...args] = this.#shell.split(' ');
    const path = `${join(this.root, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`;
    // A file, because bash reads a pipe byte by byte.
    const program = join(tmpdir(), `bridgehead-program-${randomBytes(8).toString('hex')}`);
    writeFileSync(program, `bridgehead_main() {\n${script}\n}\nbridgehead_main </dev/null\n`);
    const child = spawn(command, [...args, program], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: path, LC_ALL: 'C', CALLS: join(this.root, 'calls') },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    return new Promise((done, fail) => {
      child.on('error', fail);
      child.on('close', (code) => {
        rmSync(program);
        done({ id: fragment.id, code: code ?? -1, stdout, stderr });
      });
    });
  }

  async ask<T>(part: Part<T>): Promise<T> {
    return part.parse(await this.run(part));
  }

  sh(script: string): Promise<FragmentReply> {
    return this.run({ id: 'sh', script });
  }

  remove(): void {
    for (const path of [this.root, ...this.#places.values()]) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}
