import { open } from 'node:fs/promises';
import { Secret } from '../secret.js';

const MAX_BYTES = 4096;

/** Why a secret can't be had from a place, and what to do about it. */
export interface Unusable {
  readonly reason: string;
  readonly fix: string;
  readonly cause?: unknown;
}

/** The first line of what was read, or that there is none. */
export function firstLineOf(text: string): Secret | Unusable {
  const line = text.split(/\r?\n/)[0] ?? '';
  if (line === '') return { reason: 'has an empty first line', fix: 'write the secret on its first line' };
  return new Secret(line);
}

/** The first line of a file that only its owner can read, or why it can't be used; `shown` names the file in the fix. */
export async function secretIn(path: string, shown = path): Promise<Secret | Unusable> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException): Unusable => {
    const reason = cause.code === 'ENOENT' ? 'does not exist' : `can't be opened (${cause.code})`;
    return {
      reason,
      fix: 'it must be the path of a file, mode 0600, with the secret on its first line',
      cause,
    };
  });
  if ('reason' in file) return file;
  try {
    const { mode } = await file.stat();
    if ((mode & 0o170000) !== 0o100000)
      return { reason: 'is not a regular file', fix: 'use a file of mode 0600' };
    if ((mode & 0o077) !== 0) return { reason: 'is readable by others', fix: `run: chmod 600 ${shown}` };
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
    return firstLineOf(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await file.close();
  }
}
