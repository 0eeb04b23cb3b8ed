import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What a line does to what passes over it. */
export type LineMode =
  | { readonly kind: 'pass' }
  /** Resets what is open; `and: 'new'` resets what is opened later as well. */
  | { readonly kind: 'reset'; readonly and?: 'new' }
  /** Nothing arrives, nothing is refused; `only: 'new'` leaves what is open alone. */
  | { readonly kind: 'black-hole'; readonly only?: 'new' }
  | { readonly kind: 'delay'; readonly ms: number };

interface Pair {
  readonly near: Socket;
  far?: Socket;
  silent: boolean;
}

/** One TCP line through which a client dials a server, and which can be disturbed while it is in use. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private mode: LineMode = { kind: 'pass' };

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
  ) {
    server.on('connection', (near: Socket) => this.accept(near));
  }

  /** Listens on `port` (0: any free one) of the loopback. */
  static async listen(port: number, target: { readonly host: string; readonly port: number }) {
    const server = createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true });
    const proxy = new TcpProxy(server, target);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  set(mode: LineMode): void {
    this.mode = mode;
    for (const pair of [...this.pairs]) {
      if (mode.kind === 'reset') this.reset(pair);
      else if (mode.kind !== 'black-hole') this.wake(pair);
      else if (mode.only !== 'new') this.silence(pair);
    }
  }

  close(): void {
    for (const pair of [...this.pairs]) this.reset(pair);
    this.server.close();
  }

  private accept(near: Socket): void {
    const pair: Pair = { near, silent: false };
    this.pairs.add(pair);
    this.endTogether(near, pair);
    if (this.mode.kind === 'reset' && this.mode.and === 'new') this.reset(pair);
    else if (this.mode.kind === 'black-hole') this.silence(pair);
    else this.wake(pair);
  }

  private silence(pair: Pair): void {
    pair.silent = true;
    pair.near.pause();
    pair.far?.pause();
  }

  private wake(pair: Pair): void {
    pair.silent = false;
    // What ended while the line was dead is learned now.
    if (pair.near.destroyed || pair.far?.destroyed) {
      this.reset(pair);
      return;
    }
    if (pair.far === undefined) {
      pair.far = connect({ ...this.target, noDelay: true, allowHalfOpen: true });
      this.endTogether(pair.far, pair);
      this.pump(pair.near, pair.far);
      this.pump(pair.far, pair.near);
    }
    pair.near.resume();
    pair.far.resume();
  }

  private pump(from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => this.later(() => void (to.writable && to.write(chunk))));
    from.on('end', () => this.later(() => to.end()));
  }

  private later(act: () => void): void {
    if (this.mode.kind === 'delay') setTimeout(act, this.mode.ms);
    else act();
  }

  private endTogether(socket: Socket, pair: Pair): void {
    // An error is always followed by `close`, which ends both halves.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (!pair.silent) this.reset(pair);
    });
  }

  private reset(pair: Pair): void {
    this.pairs.delete(pair);
    pair.near.resetAndDestroy();
    pair.far?.resetAndDestroy();
  }
}
