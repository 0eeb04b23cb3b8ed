import { lstatSync, readlinkSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { systemCode } from '../../core/errors.js';

/** As many links one after the other as Linux follows. */
const MOST_LINKS = 40;

/** The same for two paths exactly if they are one file, by whatever spelling or link; also of a file that isn't there yet. */
export function fileIdentity(path: string, links = MOST_LINKS): string {
  const known = identityOf(path);
  if (known !== undefined) return known;
  if (links > 0 && isLink(path)) {
    return fileIdentity(resolve(dirname(path), readlinkSync(path)), links - 1);
  }
  const folder = dirname(path);
  return folder === path ? path : `${fileIdentity(folder, links)}/${basename(path)}`;
}

function identityOf(path: string): string | undefined {
  const stats = unlessUnseen(() => statSync(path, { bigint: true }));
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`;
}

const isLink = (path: string): boolean => unlessUnseen(() => lstatSync(path))?.isSymbolicLink() === true;

/** Undefined if the file isn't there, or can't be looked at: then it can't be written either. */
function unlessUnseen<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
