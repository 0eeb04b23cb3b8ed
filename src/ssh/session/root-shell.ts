import { quote } from '../../remote/quote.js';

/**
 * How the login becomes root: `root` if it is root itself, `sudo` without a password, `asked` with one. With `unknown` the
 * machine finds out, in the same exec.
 */
export type ShellMode = 'root' | 'sudo' | 'asked';

export interface ShellRequest {
  /** Letters and digits that nothing else on the line contains. */
  readonly nonce: string;
  /** Seconds after which the machine itself ends the program. */
  readonly seconds: number;
  /** Undefined when it isn't known yet. */
  readonly mode: ShellMode | undefined;
  readonly policy: 'auto' | 'passwordless' | 'password';
}

/**
 * The exec that becomes a root `sh -s`. Marks on stderr, which begin with the nonce, show when the login shell has started
 * it (unless that has been seen before), when sudo asks for a password and when the root shell runs. It works with any login
 * shell: the command is one `sh -c` and a word without newlines, backslashes, exclamation marks or single quotes.
 */
export function shellCommand({ nonce, seconds, mode, policy }: ShellRequest): string {
  const shell = (as: ShellMode) =>
    `timeout -k 5 ${seconds} sh -c "echo ${nonce}:ready:${as} >&2; exec sh -s"`;
  const root = `exec ${shell('root')}`;
  const quiet = `exec sudo -n -u root ${shell('sudo')}`;
  const asking = `exec sudo -S -k -u root -p ${nonce}:prompt: ${shell('asked')}`;
  const start = 'LC_ALL=C; export LC_ALL';
  if (mode !== undefined) return `sh -c ${quote(`${start}; ${{ root, sudo: quiet, asked: asking }[mode]}`)}`;
  const parts = [
    start,
    `echo ${nonce}:login >&2`,
    `if [ "$(id -u)" = 0 ]; then ${root}; fi`,
    `command -v sudo >/dev/null 2>&1 || { echo ${nonce}:no-sudo >&2; exit 126; }`,
    ...(policy === 'auto' ? [`if sudo -n -u root true </dev/null; then ${quiet}; fi`] : []),
    policy === 'passwordless' ? quiet : asking,
  ];
  return `sh -c ${quote(parts.join('; '))}`;
}
