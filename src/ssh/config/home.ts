import { resolve } from 'node:path';
import { homeOf, thisUser } from '../../core/user.js';

/** What `~` stands for. `ssh` itself uses the home of the passwd entry, whatever $HOME says. */
export interface Home {
  readonly path: string;
  readonly passwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function createHome(env: Home['env'], path?: string): Home {
  const own = resolve(path ?? homeOf(env));
  return { path: own, passwd: resolve(thisUser().home ?? own), env };
}

/** The values of the tokens that ssh_config allows in file names. */
export interface Tokens {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/**
 * The file that a path of ~/.ssh/config means: `~`, `${VARIABLE}` and %d %h %p %r %u %% are replaced. If $HOME differs from
 * the passwd entry, paths that `ssh` expanded with the entry are mapped back to $HOME.
 */
export function expandPath(path: string, home: Home, tokens?: Tokens): string {
  let result = path.replace(/^~(?=\/|$)/, home.path);
  if (tokens !== undefined) {
    const values: Record<string, string> = {
      '%': '%',
      d: home.path,
      h: tokens.host,
      p: String(tokens.port),
      r: tokens.user,
      u: thisUser().name,
    };
    result = result.replace(/%([%dhpru])/g, (_all, letter: string) => values[letter] ?? '');
  }
  result = result.replace(/\$\{(\w+)\}/g, (all, name: string) => home.env[name] ?? all);
  if (home.passwd !== home.path && result.startsWith(`${home.passwd}/.ssh/`)) {
    return home.path + result.slice(home.passwd.length);
  }
  return result;
}
