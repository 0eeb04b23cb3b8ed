import type { Client } from 'ssh2';
import { BridgeheadError } from '../../core/errors.js';
import { sanitize } from '../../remote/sanitize.js';
import { describeHop, type Hop } from '../config/hop.js';

const GOODBYE_MS = 1000;

/** One authenticated SSH session with a reference count; it ends with the last release. */
export class Link {
  readonly hop: Hop;
  readonly client: Client;
  readonly #watchers = new Set<(error: BridgeheadError) => void>();
  readonly #closed: Promise<void>;
  #reason: unknown;
  #lost: BridgeheadError | undefined;
  #users = 0;

  /** `via` is the jump host's link, which this one retains. */
  constructor(hop: Hop, client: Client, via?: Link) {
    this.hop = hop;
    this.client = client;
    via?.retain();
    // After the login there is no other listener for a reset, and an unhandled error would end the process.
    client.on('error', (error: Error) => {
      this.#reason ??= error;
    });
    this.#closed = new Promise((resolve) => {
      client.once('close', () => {
        this.#lose();
        resolve();
        void via?.release();
      });
    });
    client.once('end', () => this.#lose());
  }

  /** Why it can no longer be used. */
  get lost(): BridgeheadError | undefined {
    return this.#lost;
  }

  /** Calls back once when the session ends, whoever ended it; returns a function that cancels this. */
  onLost(watcher: (error: BridgeheadError) => void): () => void {
    if (this.#lost !== undefined) watcher(this.#lost);
    else this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  retain(): void {
    this.#users += 1;
  }

  /** Releases the link; the last release waits until the session has ended. */
  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users <= 0) await this.end();
  }

  async end(): Promise<void> {
    this.client.end();
    this.#lose();
    const late = setTimeout(() => this.destroy(), GOODBYE_MS);
    await this.#closed;
    clearTimeout(late);
  }

  /** Ends it immediately, without the SSH goodbye. */
  destroy(): void {
    this.client.destroy();
    this.#lose();
  }

  #lose(): void {
    if (this.#lost !== undefined) return;
    const said =
      this.#reason instanceof Error ? sanitize(this.#reason.message, 300) : 'the session was closed';
    this.#lost = new BridgeheadError(
      'E_CONNECTION_LOST',
      `the connection to ${describeHop(this.hop)} was lost`,
      {
        node: this.hop.node,
        evidence: said,
        fix: 'run again: it continues from the state in which it finds the machine',
        cause: this.#reason,
      },
    );
    for (const watcher of this.#watchers) watcher(this.#lost);
    this.#watchers.clear();
  }
}
