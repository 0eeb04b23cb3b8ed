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

/** Which keys that nobody knows are taken: all, none, or those with a fingerprint that the user has confirmed. */
export type AcceptNew = boolean | ReadonlySet<string>;

/** Stands between the key exchange and the login: without its yes, nothing of the user is sent. */
export class HostKeyGuard {
  readonly algorithms: HostKeyAlgorithm[];
  readonly #hop: Hop;
  readonly #acceptNew: AcceptNew;
  #accepted: Buffer | undefined;
  #refusal: BridgeheadError | undefined;

  /** Fails with E_SSH_CONFIG for a pin that is no key or a known_hosts file that can't be read. */
  constructor(hop: Hop, acceptNew: AcceptNew) {
    this.#hop = hop;
    this.#acceptNew = acceptNew;
    this.algorithms = hostKeyAlgorithms(knownKeys(hop));
  }

  /** Why the key was refused. */
  get refusal(): BridgeheadError | undefined {
    return this.#refusal;
  }

  /** Judges by the files as they are now: another node may have added a key since. Never asynchronous: ssh2 takes a promise for a yes. */
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

  /** Called when the machine has proved that it holds the key. Throws what the file system says. */
  record(): void {
    if (this.#accepted !== undefined) recordHostKey(this.#hop, this.#accepted);
  }
}
