import { setTimeout as sleep } from 'node:timers/promises';
import type { Inventory, Node } from '../inventory/types.js';
import type { Connection, Transport } from '../remote/transport.js';
import { SshConnection } from './connection.js';
import { credentials } from './credentials.js';
import { interrupted } from './deadline.js';
import { type DialRequest, dial } from './dial.js';
import type { Retry } from './dial-progress.js';
import { createHome } from './home.js';
import type { Hop } from './hop.js';
import { Limit } from './limit.js';
import type { Link } from './link.js';
import { Router } from './route.js';
import { type AskSecret, Secrets } from './secrets.js';

const DIALS_AT_ONCE = 8;
const MAX_RETRIES = 2;
const LAST_RETRY_MS = 30_000;

export interface SshOptions {
  readonly inventory: Inventory;
  /** Takes the key of a machine that known_hosts doesn't know, and writes it there; a changed one never. */
  readonly acceptNew: boolean;
  /** Asks for a password or passphrase; left out, or answering undefined: there is nobody to ask. */
  readonly askSecret?: AskSecret | undefined;
  /** Milliseconds for one attempt at one machine, from the first byte to the login. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds before a machine that hung up is called again; the second time it is twice that. */
  readonly retryDelayMs?: number;
  /** Milliseconds of silence after which a connection is asked whether it lives; three misses end it. */
  readonly keepaliveMs?: number;
  /** Where `~` leads; $HOME when left out. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly warn?: (message: string) => void;
}

/** The way to the machines over SSH. Every failure is a BridgeheadError that names the node and what to do. */
export function createSshTransport(options: SshOptions): Transport {
  return new SshTransport(options);
}

class SshTransport implements Transport {
  readonly #options: SshOptions;
  readonly #router: Router;
  readonly #secrets: Secrets;
  readonly #dials = new Limit(DIALS_AT_ONCE);
  /** Links to jump hosts, by the hop's id. */
  readonly #shared = new Map<string, Promise<Link>>();
  readonly #links = new Set<Link>();
  readonly #closing = new AbortController();

  constructor(options: SshOptions) {
    const home = createHome(options.env ?? process.env, options.home);
    this.#options = options;
    this.#router = new Router(options.inventory, home);
    this.#secrets = new Secrets(home, options.askSecret);
  }

  async connect(node: Node, signal?: AbortSignal): Promise<Connection> {
    if (signal?.aborted) throw interrupted(node.name);
    const hop = await this.#router.hopTo(node);
    const isJump = this.#options.inventory.nodes.some(({ ssh }) => ssh.jump === node.name);
    const link = isJump ? await this.#share(hop, signal) : await this.#open(hop, signal);
    link.retain();
    return new SshConnection(link, node, this.#secrets);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#links].map((link) => link.end()));
  }

  /** One link serves all who go through a machine; whoever waits for it may be interrupted alone. */
  async #share(hop: Hop, signal: AbortSignal | undefined): Promise<Link> {
    const known = await this.#shared.get(hop.id)?.catch(() => undefined);
    if (known !== undefined && known.lost === undefined) return known;
    if (known !== undefined) this.#shared.delete(hop.id);
    const opening = this.#shared.get(hop.id) ?? this.#open(hop, this.#closing.signal);
    this.#shared.set(hop.id, opening);
    opening.catch(() => this.#shared.delete(hop.id));
    return untilAborted(opening, signal, hop.node);
  }

  async #open(hop: Hop, signal: AbortSignal | undefined): Promise<Link> {
    const stop =
      signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
    const offers = await credentials(hop, (file, node) => this.#secrets.passphrase(file, node));
    const via = hop.via === undefined ? undefined : await this.#share(hop.via, stop);
    via?.retain();
    try {
      return await this.#dial({
        hop,
        via,
        offers,
        acceptNew: this.#options.acceptNew,
        timeoutMs: this.#options.connectTimeoutMs ?? 15_000,
        keepaliveMs: this.#options.keepaliveMs ?? 5000,
        signal: stop,
        warn: this.#options.warn ?? (() => {}),
      });
    } finally {
      await via?.release();
    }
  }

  async #dial(request: DialRequest): Promise<Link> {
    const started = performance.now();
    for (let tries = 0; ; tries += 1) {
      const dialled = await this.#dials.run(() => dial(request));
      if ('link' in dialled) {
        const { link } = dialled;
        this.#links.add(link);
        link.onLost(() => this.#links.delete(link));
        return link;
      }
      const pause = this.#pause(dialled.retry, tries);
      if (pause === undefined || performance.now() - started + pause > LAST_RETRY_MS) throw dialled.error;
      await sleep(pause, undefined, { signal: request.signal }).catch(() => {
        throw interrupted(request.hop.node);
      });
    }
  }

  #pause(retry: Retry | undefined, tries: number): number | undefined {
    if (retry === undefined || tries >= MAX_RETRIES) return undefined;
    const base = this.#options.retryDelayMs ?? 5000;
    const step = (retry === 'soon' ? base / 5 : base) * 2 ** tries;
    return step * (1 + Math.random() / 2);
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, node: string): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(interrupted(node));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
