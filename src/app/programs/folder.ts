import { join, resolve } from 'node:path';
import { homeOf } from '../../core/user.js';
import type { Io } from '../terminal/io.js';

/** `--programs`, else BRIDGEHEAD_PROGRAMS, else the XDG cache directory. */
export function programsFolder(given: string | undefined, { env }: Pick<Io, 'env'>): string {
  const named = given ?? env['BRIDGEHEAD_PROGRAMS'];
  if (named) return resolve(named);
  const base = env['XDG_CACHE_HOME'] || join(homeOf(env), '.cache');
  return join(base, 'bridgehead', 'programs');
}
