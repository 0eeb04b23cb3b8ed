import type { BridgeheadError } from '../../core/errors.js';
import type { Hop } from '../config/hop.js';
import {
  fingerprint,
  type HostKeyAlgorithm,
  hostKeyAlgorithms,
  judgeHostKey,
  knownKeys,
} from './host-key.js';
import { hostKeyError } from './host-key-error.js';
import { recordHostKey } from './record-host-key.js';

/** Which unknown keys are accepted: all, none, or those with a fingerprint that the user has confirmed. */
export type AcceptNew = boolean | ReadonlySet<string>;

/** Runs between the key exchange and the login: unless it accepts, nothing of the user's is sent. */
export class HostKeyGuard {
  readonly algorithms: HostKeyAlgorithm[];
  readonly #hop: Hop;
  readonly #acceptNew: AcceptNew;
  #accepted: Buffer | undefined;
  #refusal: BridgeheadError | undefined;

  /** Fails with E_SSH_CONFIG for an invalid pinned key or a known_hosts file that can't be read. */
  constructor(hop: Hop, acceptNew: AcceptNew) {
    this.#hop = hop;
    this.#acceptNew = acceptNew;
    this.algorithms = hostKeyAlgorithms(knownKeys(hop));
  }

  /** Why the key was refused. */
  get refusal(): BridgeheadError | undefined {
    return this.#refusal;
  }

  /** Reads the files again: another node may have added a key since. Never asynchronous: ssh2 takes a promise for a yes. */
  verify(blob: Buffer): boolean {
    if (this.#accepted?.equals(blob)) return true;
    const known = knownKeys(this.#hop);
    const verdict = judgeHostKey(known, blob);
    if (verdict === 'known') return true;
    if (verdict === 'unknown' && this.#accepts(blob)) {
      this.#accepted = Buffer.from(blob);
      return true;
    }
    this.#refusal = hostKeyError(verdict, blob, known, this.#hop);
    return false;
  }

  #accepts(blob: Buffer): boolean {
    return typeof this.#acceptNew === 'boolean' ? this.#acceptNew : this.#acceptNew.has(fingerprint(blob));
  }

  /** Called once the machine has proved that it holds the key. Throws errors of the file system. */
  record(): void {
    if (this.#accepted !== undefined) recordHostKey(this.#hop, this.#accepted);
  }
}
