import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '../core/secret.js';

/** A key that two peers share. */
export interface PairSecret {
  /** Base64 of 32 bytes, as `wg` reads it. */
  readonly key: Secret;
  /** Hexadecimal, of the base64 text; by it a node's key is compared without being sent. */
  readonly sha256: string;
}

/** Keys made in this run, for two nodes that must be given the same; they live in memory alone. */
export interface PairSecrets {
  /** The pair's new key, if this run has made one. */
  made(network: string, a: string, b: string): PairSecret | undefined;
  /** The pair's new key, made when first asked for; undefined where the run may not change both. */
  make(network: string, a: string, b: string): PairSecret | undefined;
}

const LENGTH = 32;

export class RunSecrets implements PairSecrets {
  private readonly secrets = new Map<string, PairSecret>();

  made(network: string, a: string, b: string): PairSecret | undefined {
    return this.secrets.get(keyOf(network, a, b));
  }

  make(network: string, a: string, b: string): PairSecret {
    const known = this.made(network, a, b);
    if (known) return known;
    const text = randomBytes(LENGTH).toString('base64');
    const made = { key: new Secret(text), sha256: createHash('sha256').update(text).digest('hex') };
    this.secrets.set(keyOf(network, a, b), made);
    return made;
  }

  clear(): void {
    this.secrets.clear();
  }
}

/**
 * The same secrets for a run that may change only some nodes: `mayChange` is asked about both of a pair. `onRefused` hears of
 * each pair that was to be given a new key and could not.
 */
export function limitSecrets(
  secrets: PairSecrets,
  mayChange: (name: string) => boolean,
  onRefused?: (a: string, b: string) => void,
): PairSecrets {
  return {
    made: (network, a, b) => secrets.made(network, a, b),
    make: (network, a, b) => {
      if (mayChange(a) && mayChange(b)) return secrets.make(network, a, b);
      onRefused?.(a, b);
      return undefined;
    },
  };
}

const keyOf = (network: string, ...pair: readonly [string, string]): string =>
  [network, ...[...pair].sort()].join('\n');
