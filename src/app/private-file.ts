import { closeSync, fchmodSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { BridgeheadError, systemCode } from '../core/errors.js';

/** A file that its owner alone reads, held open until there is something to write. */
export interface PrivateFile {
  readonly path: string;
  /** Writes it whole and closes it. */
  write(content: string | Uint8Array): void;
  /** Takes it away again, if it was not written. */
  discard(): void;
}

/** Makes an empty file (0600) before the work that fills it, so that it can't fail after. Throws E_USAGE where there is one already, or none can be made. */
export function reservePrivateFile(path: string, option: string): PrivateFile {
  const handle = openNew(path, option);
  let open = true;
  return {
    path,
    write: (content) => {
      writeSync(handle, typeof content === 'string' ? Buffer.from(content) : content);
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
      exists ? `${path} is there already` : `${path} cannot be written`,
      exists
        ? { fix: `move it away, or name another file with ${option}`, cause }
        : {
            evidence: cause instanceof Error ? cause.message : String(cause),
            fix: `name another file with ${option}`,
            cause,
          },
    );
  }
}
