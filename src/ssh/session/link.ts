import type { Client } from 'ssh2';
import { BridgeheadError } from '../../core/errors.js';
import { sanitize } from '../../remote/sanitize.js';
import { describeHop, type Hop } from '../config/hop.js';

const GOODBYE_MS = 1000;

/** One authenticated SSH session, shared by those who retain it; it ends when the last one lets go. */
export class Link {
  readonly hop: Hop;
  readonly client: Client;
  readonly #watchers = new Set<(error: BridgeheadError) => void>();
  readonly #closed: Promise<void>;
  #reason: unknown;
  #lost: BridgeheadError | undefined;
  #users = 0;

  /** `via` is the jump host's link, which this one holds on to. */
  constructor(hop: Hop, client: Client, via?: Link) {
    this.hop = hop;
    this.client = client;
    via?.retain();
    // A reset after the login finds no other listener, and an error that nobody hears ends the process.
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

  /** Why it is no longer of use. */
  get lost(): BridgeheadError | undefined {
    return this.#lost;
  }

  /** Calls back once, when the session ends, whoever ended it; the result stops that. */
  onLost(watcher: (error: BridgeheadError) => void): () => void {
    if (this.#lost !== undefined) watcher(this.#lost);
    else this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  retain(): void {
    this.#users += 1;
  }

  /** Lets go; the last one to do so waits until the session has ended. */
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

  /** Ends it at once, without a farewell. */
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
