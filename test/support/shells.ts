import { spawnSync } from 'node:child_process';
import type { FragmentReply } from '../../src/remote/program.js';
import { type Sh, standalone } from '../../src/remote/script.js';

export interface Shell {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
}

function shell(name: string, ...argv: [string, ...string[]]): Shell {
  return { name, argv };
}

/** The shells that a node's `sh` may be. */
export const SHELLS: readonly Shell[] = [
  shell('dash', 'dash'),
  shell('bash --posix', 'bash', '--posix'),
  shell('busybox sh', 'busybox', 'sh'),
];

/** Declares a suite per shell. */
export function describeShells(title: string, body: (shell: Shell) => void): void {
  for (const each of SHELLS) {
    describe(`${title} (${each.name})`, () => body(each));
  }
}

export interface ShellOptions {
  /** Folders before the system's in PATH. */
  readonly path?: readonly string[];
  /** Command that the shell is started by, such as `unshare -n`. */
  readonly under?: readonly string[];
  /** Lines before the script, such as `ulimit -f 1`. */
  readonly before?: string;
}

/** Runs a script as a node would: in a subshell, umask 077, no standard input, locale C. */
export function runScript({ argv }: Shell, script: Sh, options: ShellOptions = {}): FragmentReply {
  const [file = '', ...args] = [...(options.under ?? []), ...argv, '-s'];
  const result = spawnSync(file, args, {
    input: `fragment() {\nexec </dev/null\numask 077\n${options.before ?? ':'}\n( eval "$1" )\n}\nfragment '${standalone(script).replaceAll("'", "'\\''")}'\n`,
    encoding: 'utf8',
    timeout: 60_000,
    env: { LC_ALL: 'C', PATH: [...(options.path ?? []), process.env['PATH']].join(':') },
  });
  if (result.error) throw result.error;
  return { id: 'test', code: result.status ?? 255, stdout: result.stdout, stderr: result.stderr };
}
