import { closeSync, fchmodSync, fsyncSync, openSync, unlinkSync } from 'node:fs';
import { BridgeheadError, systemCode } from '../core/errors.js';
import { writeFully } from '../core/write-fully.js';

/** A file that only its owner can read, held open until there is something to write. */
export interface PrivateFile {
  readonly path: string;
  /** Writes everything and closes it. */
  write(content: string | Uint8Array): void;
  /** Removes it if it was not written. */
  discard(): void;
}

/** Creates an empty file (0600) before the work that fills it, so that this can't fail later. Throws E_USAGE if it exists or can't be created. */
export function reservePrivateFile(path: string, option: string): PrivateFile {
  const handle = openNew(path, option);
  let open = true;
  return {
    path,
    write: (content) => {
      writeFully(handle, content);
      fsyncSync(handle);
      closeSync(handle);
      open = false;
    },
    discard: () => {
      if (!open) return;
      closeSync(handle);
      unlinkSync(path);
      open = false;
    },
  };
}

function openNew(path: string, option: string): number {
  try {
    const handle = openSync(path, 'wx', 0o600);
    fchmodSync(handle, 0o600);
    return handle;
  } catch (cause) {
    const exists = systemCode(cause) === 'EEXIST';
    throw new BridgeheadError(
      'E_USAGE',
      exists ? `${path} already exists` : `${path} cannot be written`,
      exists
        ? { fix: `move it away, or choose another file with ${option}`, cause }
        : {
            evidence: cause instanceof Error ? cause.message : String(cause),
            fix: `choose another file with ${option}`,
            cause,
          },
    );
  }
}
