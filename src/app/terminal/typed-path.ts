import { relative, resolve, sep } from 'node:path';
import { commandLine } from '../../render/command-line.js';
import type { Io } from './io.js';

/** An absolute path as a person would write it in this folder: relative to it if it is below, else absolute, with `~` for their home. */
export function typedPath(path: string, { cwd, env }: Pick<Io, 'cwd' | 'env'>): string {
  const here = below(cwd, path);
  if (here !== undefined && here !== '') return here;
  const home = env['HOME'] === undefined || env['HOME'] === '' ? undefined : below(env['HOME'], path);
  if (home === undefined) return path;
  return home === '' ? '~' : `~/${home}`;
}

/** The command that goes to such a path; a shell expands its `~`. */
export function cdCommand(typed: string): string {
  const [, home = '', rest = ''] = /^(~\/)?([\s\S]*)$/.exec(typed) ?? [];
  return rest === '~' ? 'cd ~' : `cd ${home}${commandLine([rest])}`;
}

/** The rest of a path that is in a folder or is that folder; undefined for any other. */
function below(folder: string, path: string): string | undefined {
  const rest = relative(folder, path);
  return rest.split(sep)[0] === '..' || resolve(folder, rest) !== path ? undefined : rest;
}
