import { open } from 'node:fs/promises';
import { BridgeheadError } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';

const MAX_BYTES = 4096;

export interface SecretFile {
  /** Names the secret in errors. */
  readonly what: string;
  readonly node: string;
  /** Shown in errors instead of the path, which may not be one. */
  readonly shown?: string;
}

/** The first line of a file that only its owner can read; E_SSH_CONFIG otherwise. */
export async function readSecretFile(
  path: string,
  { what, node, shown = path }: SecretFile,
): Promise<Secret> {
  const refuse = (reason: string, fix: string, cause?: unknown) =>
    new BridgeheadError('E_SSH_CONFIG', `${what}: ${shown} ${reason}`, { node, fix, cause });
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'does not exist' : `can't be opened (${cause.code})`;
    const fix = 'it must be the path of a file, mode 0600, with the secret on its first line';
    throw refuse(reason, fix, shown === path ? cause : undefined);
  });
  try {
    const { mode } = await file.stat();
    if ((mode & 0o170000) !== 0o100000) throw refuse('is not a regular file', 'use a file of mode 0600');
    if ((mode & 0o077) !== 0)
      throw refuse('is readable by others', `run: chmod 600 ${shown === path ? path : 'FILE'}`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
    const line = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/)[0] ?? '';
    if (line === '') throw refuse('has an empty first line', 'write the secret on its first line');
    return new Secret(line);
  } finally {
    await file.close();
  }
}
