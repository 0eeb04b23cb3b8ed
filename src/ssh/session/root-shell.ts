import { quote } from '../../remote/quote.js';

/**
 * How a root shell is come by: `root` as the login itself, `sudo` without a password, `asked` with one. `unknown`
 * leaves it to the machine, in the same exec.
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
 * The exec that becomes a root `sh -s`. It tells on stderr, in marks that begin with the nonce, when the login shell has
 * let it begin (unless that has been seen before), when sudo wants a password and when root's shell has begun. The login shell may be any: what it gets is one `sh -c` with a word that
 * has no newline, backslash, exclamation mark or single quote in it.
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
