import { type Json, parseJson, text, texts } from './json.js';

export interface SeenPeer {
  /** The node key. */
  readonly key: string;
  readonly id: string;
  readonly hostName: string;
  /** IPv4 first. */
  readonly addresses: readonly string[];
  readonly online: boolean;
  /** The address that packets go to directly; empty if they go by a relay. */
  readonly directly: string;
  /** Code of the relay's region. */
  readonly relay: string;
  /** Ranges that are reached through it now. */
  readonly routes: readonly string[];
  /** Whether the login server lets it be an exit node. */
  readonly isExit: boolean;
  readonly tags: readonly string[];
}

/** What `tailscale status` says of the node. */
export interface SeenStatus {
  /** `NoState`, `NeedsLogin`, `NeedsMachineAuth`, `Stopped`, `Starting` or `Running`. */
  readonly state: string;
  readonly self: SeenPeer | undefined;
  /** Milliseconds since the epoch at which the node's key expires; undefined if it never does. */
  readonly keyExpiry: number | undefined;
  readonly peers: readonly SeenPeer[];
  /** Sentences about what is wrong. */
  readonly health: readonly string[];
}

const objects = (value: unknown): Json[] =>
  value !== null && typeof value === 'object' ? (Object.values(value) as Json[]) : [];

function peer(json: Json): SeenPeer {
  return {
    key: text(json['PublicKey']),
    id: text(json['ID']),
    hostName: text(json['HostName']),
    addresses: texts(json['TailscaleIPs']),
    online: json['Online'] === true,
    directly: text(json['CurAddr']),
    relay: text(json['Relay']),
    routes: texts(json['PrimaryRoutes']),
    isExit: json['ExitNodeOption'] === true,
    tags: texts(json['Tags']),
  };
}

/** Of `tailscale status --json`; undefined if there is nothing that could be asked. */
export function parseStatus(stdout: string): SeenStatus | undefined {
  if (stdout.trim() === '') return undefined;
  const json = parseJson(stdout, 'tailscale status --json');
  const self = json['Self'] as Json | null | undefined;
  const expiry = Date.parse(text(self?.['KeyExpiry']));
  return {
    state: text(json['BackendState']),
    self: self === null || self === undefined ? undefined : peer(self),
    keyExpiry: Number.isNaN(expiry) ? undefined : expiry,
    peers: objects(json['Peer']).map(peer),
    health: texts(json['Health']),
  };
}
