import { connect as connectSocket, type Socket } from 'node:net';
import { type Config, NodeSSH } from 'node-ssh';
import type { ClientChannel } from 'ssh2';
import { BridgeheadError } from '../../core/errors.js';
import { sanitize } from '../../remote/sanitize.js';
import type { Hop } from '../config/hop.js';
import { type Deadline, startDeadline } from '../session/deadline.js';
import { Link } from '../session/link.js';
import { classify } from './classify.js';
import type { Credential } from './credentials.js';
import { dialTimeout, newProgress, type Progress, type Retry, retryOf } from './dial-progress.js';
import { type AcceptNew, HostKeyGuard } from './host-key-guard.js';

const KEEPALIVE_MISSES = 3;
const OPENING_BYTES = 256;

export interface DialRequest {
  readonly hop: Hop;
  readonly via: Link | undefined;
  readonly offers: readonly Credential[];
  /** Labels of keys that are not offered because sshd would have disconnected by then. */
  readonly leftOut: readonly string[];
  readonly acceptNew: AcceptNew;
  readonly timeoutMs: number;
  readonly keepaliveMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly warn: (message: string) => void;
}

/** A link, or why there is none and whether to retry. */
export type Dialled =
  | { readonly link: Link }
  | { readonly error: BridgeheadError; readonly retry?: Retry | undefined };

/** One attempt: TCP (or the jump host's channel), key exchange, host key, login, all within `timeoutMs`. */
export async function dial(request: DialRequest): Promise<Dialled> {
  const { hop, via } = request;
  const progress = newProgress();
  const ssh = new NodeSSH();
  let socket: Socket | ClientChannel | undefined;
  let guard: HostKeyGuard | undefined;
  const deadline = startDeadline(request.timeoutMs, request.signal, hop.node, () =>
    dialTimeout(hop, request.timeoutMs, progress),
  );
  try {
    guard = new HostKeyGuard(hop, request.acceptNew);
    socket = via === undefined ? dialSocket(hop) : await forward(via, hop, deadline);
    const ready = ssh.connect(config(request, guard, socket, progress));
    const client = ssh.connection;
    if (client === null) throw new BridgeheadError('E_BUG', 'node-ssh made no client', { node: hop.node });
    const link = new Link(hop, client, via);
    if (via !== undefined) progress.stage = 'connected';
    else
      socket.once('connect', () => {
        progress.stage = 'connected';
      });
    const peek = (chunk: Buffer) => {
      if (progress.opening.length < OPENING_BYTES)
        progress.opening += chunk.toString('latin1', 0, OPENING_BYTES);
    };
    socket.on('data', peek);
    client.once('handshake', () => {
      progress.stage = 'exchanged';
      socket?.off('data', peek);
      record(guard, request);
    });
    await Promise.race([ready, deadline.passed]);
    return { link };
  } catch (cause) {
    ssh.connection?.destroy();
    socket?.destroy();
    const untried = request.offers.slice(progress.offered.length).map(({ label }) => label);
    const attempt = {
      ...progress,
      hop,
      untried: [...untried, ...request.leftOut],
      opening: sanitize(progress.opening, 120).trim(),
    };
    const error = guard?.refusal ?? classify(cause, attempt);
    return { error, retry: error === guard?.refusal ? undefined : retryOf(cause, progress) };
  } finally {
    deadline.clear();
  }
}

function config(
  request: DialRequest,
  guard: HostKeyGuard,
  socket: Socket | ClientChannel,
  progress: Progress,
): Config {
  const { hop, offers } = request;
  const rest = [...offers];
  return {
    host: hop.host,
    port: hop.port,
    username: hop.user,
    sock: socket,
    readyTimeout: 0,
    keepaliveInterval: request.keepaliveMs,
    keepaliveCountMax: KEEPALIVE_MISSES,
    agentForward: false,
    algorithms: { serverHostKey: guard.algorithms },
    hostVerifier: (blob: Buffer) => guard.verify(blob),
    authHandler: (methods: readonly string[] | null, partial: boolean | null) => {
      progress.methods = [...(methods ?? [])];
      progress.partial = partial === true;
      if (progress.partial || methods?.includes('publickey') === false) return false;
      const offer = rest.shift();
      if (offer === undefined) return false;
      progress.offered.push(offer.label);
      return offer.method;
    },
  };
}

function dialSocket(hop: Hop): Socket {
  return connectSocket({
    host: hop.host,
    port: hop.port,
    family: hop.family,
    noDelay: true,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 1000,
  });
}

async function forward(via: Link, hop: Hop, deadline: Deadline): Promise<ClientChannel> {
  let given = false;
  const opened = new Promise<ClientChannel>((resolve, reject) => {
    if (via.lost !== undefined) throw via.lost;
    via.client.forwardOut('127.0.0.1', 0, hop.host, hop.port, (error, channel) => {
      if (error) reject(error);
      else if (given) channel.destroy();
      else resolve(channel);
    });
  });
  return Promise.race([opened, deadline.passed]).finally(() => {
    given = true;
  });
}

/** A key that can't be recorded is still accepted for this run. */
function record(guard: HostKeyGuard | undefined, { hop, warn }: DialRequest): void {
  try {
    guard?.record();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warn(`${hop.node}: could not add its new host key to known_hosts: ${reason}`);
  }
}
