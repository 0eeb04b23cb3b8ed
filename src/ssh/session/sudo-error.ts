import { BridgeheadError } from '../../core/errors.js';
import { sanitize } from '../../remote/sanitize.js';
import type { Hop } from '../config/hop.js';

interface Refusal {
  readonly seen: RegExp;
  readonly message: (user: string) => string;
  readonly fix: (user: string) => string;
}

const PASSWORDLESS = (user: string) =>
  `give ${user} NOPASSWD in /etc/sudoers.d, or use sudo: auto with a terminal or sudoPasswordFile:`;

/** Messages of sudo and sudo-rs when they refuse, the most certain first. */
const REFUSALS: readonly Refusal[] = [
  {
    seen: /sudo: not found|sudo: command not found/,
    message: () => 'sudo is not installed there',
    fix: () => 'log in as root (ssh.user: root), or install sudo',
  },
  {
    seen: /must have a tty|no tty present|a terminal is required/,
    message: () => 'sudo requires a terminal',
    fix: (user) => `add "Defaults:${user} !requiretty" with visudo`,
  },
  {
    seen: /not in the sudoers file|not allowed to (?:run|execute)|may not run sudo|I'm afraid I can't do that/,
    message: (user) => `${user} may not become root with sudo`,
    fix: (user) => `allow ${user} to run any command: adduser ${user} sudo, as root`,
  },
  {
    seen: /no new privileges|effective uid is not 0|must be setuid|must be owned by uid 0/,
    message: () => 'sudo cannot become root there',
    fix: () => 'log in as root; the file system or container forbids setuid',
  },
  {
    seen: /account.*expired|password.*expired|account validation failure/i,
    message: (user) => `the account or password of ${user} has expired there`,
    fix: (user) => `log in by hand as ${user} and renew it`,
  },
  {
    seen: /incorrect password|incorrect authentication|Sorry, try again|Authentication failed/i,
    message: (user) => `sudo refused the password of ${user}`,
    fix: (user) => `provide the right sudo password for ${user}; it was tried only once`,
  },
  {
    seen: /password is required|interactive authentication is required|authentication required/i,
    message: (user) => `sudo needs a password from ${user}`,
    fix: PASSWORDLESS,
  },
];

/** Why no root shell was started, from the output of sudo, the login shell or `timeout`; `root` logins use no sudo. */
export function shellError(said: string, hop: Hop, byRoot: boolean): BridgeheadError {
  const evidence = sanitize(said, 2000).trim();
  const refusal = byRoot ? undefined : REFUSALS.find(({ seen }) => seen.test(said));
  if (refusal !== undefined) {
    return sudoError(refusal.message(hop.user), refusal.fix(hop.user), hop, evidence);
  }
  const timeout = /timeout: (?:command )?not found/.test(said);
  return new BridgeheadError(
    byRoot || timeout ? 'E_REMOTE_GARBLED' : 'E_SUDO',
    `no root shell started on ${hop.node} for ${hop.user}`,
    {
      node: hop.node,
      evidence: evidence || 'no output',
      fix: timeout
        ? 'install coreutils (or busybox with timeout) there'
        : `try it by hand: ssh -p ${hop.port} ${hop.user}@${hop.host} ${byRoot ? 'sh' : 'sudo sh'}`,
    },
  );
}

/**
 * Why the command was not started: the login shell, or a program that its startup files run, did something else. `late`:
 * seconds in which it neither started nor ended.
 */
export function loginShellError(said: string, hop: Hop, late?: number): BridgeheadError {
  const happened = late === undefined ? 'ended' : `did nothing for ${late} s`;
  return new BridgeheadError(
    'E_LOGIN_SHELL',
    `the login shell of ${hop.user} on ${hop.node} ${happened} without running its command`,
    {
      node: hop.node,
      evidence: saidInstead(said),
      fix: `check the startup files of ${hop.user} there (~/.bashrc, ~/.zshenv, ~/.config/fish/config.fish): one that starts another shell (exec zsh), prompts, or exits must do so only in interactive shells, below \`case $- in *i*) ;; *) return ;; esac\`; otherwise check its shell in /etc/passwd, and command= and ForceCommand of sshd`,
    },
  );
}

/** A root login is sent the program immediately: its output isn't evidence, but the fact that it ran is. */
function saidInstead(said: string): string {
  const frame = said.search(/^@[0-9a-f]+ begin /m);
  const evidence = sanitize(frame < 0 ? said : said.slice(0, frame), 2000).trim();
  const run = frame < 0 ? '' : 'another shell read the input';
  return [evidence, run].filter(Boolean).join('\n') || 'no output';
}

export function wrongPassword(hop: Hop, said: string): BridgeheadError {
  return shellError(`Sorry, try again.\n${said}`, hop, false);
}

export function noPassword(hop: Hop, said: string): BridgeheadError {
  const fix = `run in a terminal to be asked; or write the password into a file of mode 0600, and its path as sudoPasswordFile: in the inventory or into the environment as BRIDGEHEAD_SUDO_PASSWORD_FILE; or give ${hop.user} NOPASSWD`;
  return sudoError(
    `sudo needs a password from ${hop.user}, and there is no terminal to ask on`,
    fix,
    hop,
    sanitize(said, 2000),
  );
}

function sudoError(message: string, fix: string, hop: Hop, evidence: string): BridgeheadError {
  return new BridgeheadError('E_SUDO', message, { node: hop.node, evidence: evidence || undefined, fix });
}
