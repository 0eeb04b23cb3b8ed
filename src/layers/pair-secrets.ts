import { randomBytes } from 'node:crypto';
import { Secret } from '../core/secret.js';
import type { SecretRef } from '../core/secrets/reference.js';
import { sha256 } from '../core/sha256.js';

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

/** What this run has of secrets; they live in memory alone. */
export interface PairSecrets {
  /** What a reference of the inventory stands for, if a step of this run has asked for it. */
  read(ref: SecretRef): Secret | undefined;
  /** The pair's new key, if this run has made one. */
  made(network: string, a: string, b: string): PairSecret | undefined;
}

const LENGTH = 32;

export class RunSecrets implements PairSecrets {
  private readonly secrets = new Map<string, PairSecret>();
  private readonly kept = new Map<string, Secret>();

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
    const made = { key: new Secret(text), sha256: sha256(text) };
    this.secrets.set(keyOf(network, a, b), made);
    return made;
  }

  read(ref: SecretRef): Secret | undefined {
    return this.kept.get(JSON.stringify(ref)) ?? this.given?.read(ref);
  }

  /** Keeps what a reference stands for until the end of the run. */
  keep(ref: SecretRef, secret: Secret): void {
    this.kept.set(JSON.stringify(ref), secret);
  }

  /** Forgets the keys of pairs. */
  clear(): void {
    this.secrets.clear();
  }
}

const keyOf = (network: string, ...pair: readonly [string, string]): string =>
  [network, ...[...pair].sort()].join('\n');
