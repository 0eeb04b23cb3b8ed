import { userInfo } from 'node:os';

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
