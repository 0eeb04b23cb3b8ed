import { setTimeout as sleep } from 'node:timers/promises';
import type { Inventory, Node } from '../model/inventory.js';
import {
  CONNECT_SECONDS,
  type Connection,
  type ConnectOptions,
  type Transport,
  type Way,
} from '../remote/transport.js';
import { createHome } from './config/home.js';
import type { Hop } from './config/hop.js';
import { RouteFinder } from './config/route.js';
import { wayBy } from './config/way.js';
import type { DialRequest } from './login/dial.js';
import type { Retry } from './login/dial-progress.js';
import type { AcceptNew } from './login/host-key-guard.js';
import { Limit } from './login/limit.js';
import { type AskSecret, Secrets } from './login/secrets.js';

import { SshConnection } from './session/connection.js';
import { interrupted } from './session/deadline.js';
import type { Link } from './session/link.js';
import type { ShellMode } from './session/root-shell.js';

/** sshd drops connections while ten others haven't logged in yet (MaxStartups). */
const DIALS_AT_ONCE = 8;
const MAX_RETRIES = 2;
const LAST_RETRY_MS = 30_000;

export interface SshOptions {
  readonly inventory: Inventory;
  /** Which host keys that are missing in known_hosts are accepted and written there; a changed key never is. */
  readonly acceptNew: AcceptNew;
  /** Asks for a password or passphrase; left out, or answering undefined: there is nobody to ask. */
  readonly askSecret?: AskSecret | undefined;
  /** Milliseconds for one attempt at one machine, from the first byte to the login. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds for becoming root, not counting the time that the user takes to answer; default: 30 s. */
  readonly rootTimeoutMs?: number;
  /** Milliseconds before a retry after a machine disconnected; twice that before the second retry. */
  readonly retryDelayMs?: number;
  /** Milliseconds of silence before a keepalive request; a connection ends after three without an answer. */
  readonly keepaliveMs?: number;
  /** What `~` stands for; default: $HOME. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly warn?: (message: string) => void;
}

/** How one connection is made, and the links to jump hosts that it may use. */
interface Dialling extends ConnectOptions {
  readonly shared: Map<string, Promise<Link>>;
}

/** The way to the machines over SSH. Every failure is a BridgeheadError that names the node and what to do. */
export function createSshTransport(options: SshOptions): Transport {
  return new SshTransport(options);
}

class SshTransport implements Transport {
  readonly #options: SshOptions;
  readonly #router: RouteFinder;
  readonly #secrets: Secrets;
  readonly #dials = new Limit(DIALS_AT_ONCE);
  /** Limits the connections to one address or through one jump host: fewer at once after it has disconnected. */
  readonly #doors = new Map<string, Limit>();
  /** Links to jump hosts, by the hop's id. */
  readonly #shared = new Map<string, Promise<Link>>();
  readonly #links = new Set<Link>();
  /** How each node's last login became root, by node name. */
  readonly #modes = new Map<string, ShellMode>();
  readonly #closing = new AbortController();

  constructor(options: SshOptions) {
    const home = createHome(options.env ?? process.env, options.home);
    this.#options = options;
    this.#router = new RouteFinder(options.inventory, home);
    this.#secrets = new Secrets(home, options.askSecret);
  }

  async connect(node: Node, signal?: AbortSignal, options: ConnectOptions = {}): Promise<Connection> {
    if (signal?.aborted) throw interrupted(node.name);
    const [hop] = await Promise.all([this.#router.hopTo(node), import('./login/login.js')]);
    const isJump = this.#options.inventory.nodes.some(({ ssh }) => ssh.jump === node.name);
    const way: Dialling = { ...options, shared: options.fresh === true ? new Map() : this.#shared };
    const shares = isJump && options.fresh !== true;
    const link = shares ? await this.#share(hop, signal, way) : await this.#open(hop, signal, way);
    link.retain();
    return new SshConnection(link, node, {
      secrets: this.#secrets,
      rootTimeoutMs: this.#options.rootTimeoutMs ?? 30_000,
      modes: this.#modes,
    });
  }

  async way(node: Node): Promise<Way> {
    return wayBy(await this.#router.hopTo(node));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#links].map((link) => link.end()));
  }

  /** All connections through a machine share one link; each can be interrupted separately while it waits. */
  async #share(hop: Hop, signal: AbortSignal | undefined, way: Dialling): Promise<Link> {
    const { shared } = way;
    const known = await shared.get(hop.id)?.catch(() => undefined);
    if (known !== undefined && known.lost === undefined) return known;
    if (known !== undefined) shared.delete(hop.id);
    const opening = shared.get(hop.id) ?? this.#open(hop, this.#closing.signal, way);
    shared.set(hop.id, opening);
    opening.catch(() => shared.delete(hop.id));
    return untilAborted(opening, signal, hop.node);
  }

  async #open(hop: Hop, signal: AbortSignal | undefined, way: Dialling): Promise<Link> {
    const stop =
      signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
    const { credentials } = await import('./login/login.js');
    const { offered, leftOut } = await credentials(hop, (file, node) => this.#secrets.passphrase(file, node));
    const via = hop.via === undefined ? undefined : await this.#share(hop.via, stop, way);
    via?.retain();
    try {
      return await this.#dial({
        hop,
        via,
        offers: offered,
        leftOut,
        acceptNew: this.#options.acceptNew,
        timeoutMs: this.#options.connectTimeoutMs ?? CONNECT_SECONDS * 1000,
        retry: way.retry ?? true,
        keepaliveMs: this.#options.keepaliveMs ?? 5000,
        signal: stop,
        warn: this.#options.warn ?? (() => {}),
      });
    } finally {
      await via?.release();
    }
  }

  async #dial(request: DialRequest & { readonly retry: boolean }): Promise<Link> {
    const { dial } = await import('./login/login.js');
    const door = this.#door(request.hop);
    const started = performance.now();
    for (let tries = 0; ; tries += 1) {
      const dialled = await door.run(() => this.#dials.run(() => dial(request)));
      if ('link' in dialled) {
        const { link } = dialled;
        door.ease();
        this.#links.add(link);
        link.onLost(() => this.#links.delete(link));
        return link;
      }
      if (dialled.retry === 'later') door.backOff();
      const pause = request.retry ? this.#pause(dialled.retry, tries) : undefined;
      if (pause === undefined || performance.now() - started + pause > LAST_RETRY_MS) throw dialled.error;
      await sleep(pause, undefined, { signal: request.signal }).catch(() => {
        throw interrupted(request.hop.node);
      });
    }
  }

  #door({ via, host }: Hop): Limit {
    const name = via?.id ?? host;
    const door = this.#doors.get(name) ?? new Limit(DIALS_AT_ONCE);
    this.#doors.set(name, door);
    return door;
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
