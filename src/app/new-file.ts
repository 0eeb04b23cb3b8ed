import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BridgeheadError, messageOf, systemCode } from '../core/errors.js';

export interface NewFileOptions {
  /** Whether an existing file is replaced. */
  readonly force?: boolean | undefined;
  /** Permissions, such as 0o600. */
  readonly mode?: number;
}

/** Writes a new file, and the folders above it. Throws E_USAGE if the file exists or can't be written. */
export function writeNewFile(file: string, text: string, { force, mode }: NewFileOptions = {}): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: force ? 'w' : 'wx', ...(mode !== undefined && { mode }) });
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') {
      const fix = 'move it away, or choose another place';
      throw new BridgeheadError('E_USAGE', `${file} already exists`, { fix, cause });
    }
    const evidence = messageOf(cause);
    throw new BridgeheadError('E_USAGE', `${file} cannot be written`, {
      evidence,
      fix: 'choose another place',
      cause,
    });
  }
}
