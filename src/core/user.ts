import { userInfo } from 'node:os';
import { BridgeheadError } from './errors.js';

/**
 * The user of this process. One without an entry in the system's list, as in containers that run under any id, is named
 * `uid-1234`, and `home` is undefined.
 */
export function thisUser(): { readonly name: string; readonly home: string | undefined } {
  try {
    const { username, homedir } = userInfo();
    return { name: username, home: homedir };
  } catch (error) {
    if ((error as { info?: { code?: string } }).info?.code !== 'ENOENT') throw error;
    return { name: `uid-${process.getuid?.()}`, home: undefined };
  }
}

/** $HOME, else the home folder of this user. Throws E_USAGE if there is neither. */
export function homeOf(
  env: Readonly<Record<string, string | undefined>>,
  user: () => { readonly home: string | undefined } = thisUser,
): string {
  const home = env['HOME'] || user().home;
  if (home) return home;
  throw new BridgeheadError(
    'E_USAGE',
    'there is no home folder: HOME is not set, and the system has no entry for this user',
    {
      fix: 'set HOME to a folder of your own',
    },
  );
}
