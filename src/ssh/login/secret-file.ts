import { BridgeheadError } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';
import { secretIn } from '../../core/secrets/secret-file.js';

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
  const found = await secretIn(path, shown === path ? path : 'FILE');
  if (found instanceof Secret) return found;
  const { reason, fix, cause } = found;
  throw new BridgeheadError('E_SSH_CONFIG', `${what}: ${shown} ${reason}`, {
    node,
    fix,
    cause: shown === path ? cause : undefined,
  });
}
