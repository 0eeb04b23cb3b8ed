import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '../core/secret.js';

/** A key that two peers share. */
export interface PairSecret {
  /** Base64 of 32 bytes, as `wg` reads it. */
  readonly key: Secret;
  /** Hexadecimal, of the base64 text; used to compare a node's key without sending it. */
  readonly sha256: string;
}

/** Two members of a network, by name. */
export interface KeyedPair {
  readonly network: string;
  readonly nodes: readonly [string, string];
}

/** Keys made in this run, for two nodes that must be given the same; they live in memory alone. */
export interface PairSecrets {
  /** The pair's new key, if this run has made one. */
  made(network: string, a: string, b: string): PairSecret | undefined;
}

const LENGTH = 32;

export class RunSecrets implements PairSecrets {
  private readonly secrets = new Map<string, PairSecret>();

  /** `given`: keys that were made before, and are never cleared. */
  constructor(private readonly given?: PairSecrets) {}

  made(network: string, a: string, b: string): PairSecret | undefined {
    return this.secrets.get(keyOf(network, a, b)) ?? this.given?.made(network, a, b);
  }

  /** Makes a key for a pair that has none yet. */
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

const keyOf = (network: string, ...pair: readonly [string, string]): string =>
  [network, ...[...pair].sort()].join('\n');
