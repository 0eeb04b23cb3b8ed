import { isUtf8 } from 'node:buffer';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/** Bytes that a file sent to a node may have. */
export const MAX_CONTENT_BYTES = 1024 * 1024;

export type LocalSource = { readonly text: string } | { readonly problem: string };

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'is not there';
  if (code === 'EACCES' || code === 'EPERM') return 'is not readable';
  if (code === 'ELOOP') return 'is a symbolic link loop';
  return `can't be read: ${message}`;
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return (
    relative !== '' &&
    !relative.startsWith(`..${path.sep}`) &&
    relative !== '..' &&
    !path.isAbsolute(relative)
  );
}

/**
 * Reads a local UTF-8 text that belongs to a playbook: inside its folder, links followed, 1 MiB at most. A foreign playbook
 * must not be able to send this machine's private files to a node.
 */
export function readLocalSource(folder: string, source: string): LocalSource {
  try {
    const file = realpathSync(path.resolve(folder, source));
    if (!isInside(realpathSync(folder), file)) {
      return {
        problem: `source ${source} is outside the playbook's folder; put the file next to the playbook`,
      };
    }
    const stat = statSync(file);
    if (!stat.isFile()) return { problem: `source ${source} is not a regular file` };
    if (stat.size > MAX_CONTENT_BYTES) {
      return { problem: `source ${source} has ${stat.size} bytes; at most ${MAX_CONTENT_BYTES} can be sent` };
    }
    const bytes = readFileSync(file);
    if (!isUtf8(bytes)) return { problem: `source ${source} is not UTF-8 text` };
    return { text: bytes.toString('utf8') };
  } catch (error) {
    return { problem: `source ${source} ${reason(error)}` };
  }
}
