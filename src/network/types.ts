/** Where a member sends its packets for a peer, and how that address came to be. */
export interface Endpoint {
  /** Bare IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
  /** `lan`: same site; `public`: the peer's own address; `forward`: a port of the peer's router. */
  readonly via: 'lan' | 'public' | 'forward';
  /** The site whose LAN or whose router it is. */
  readonly site?: string;
}

/** One `[Peer]` block of one member. */
export interface Peer {
  /** The peer's node name. */
  readonly node: string;
  /** The peer's own overlay addresses, bare. */
  readonly addresses: readonly string[];
  /** CIDR: the peer's addresses as /32 and /128, then those of members that are reached through it. */
  readonly allowedIps: readonly string[];
  readonly endpoint?: Endpoint;
  /** Seconds; only from the side behind NAT toward the side that isn't. */
  readonly keepalive?: number;
  /** Whether WireGuard may learn another endpoint for it: it stands behind NAT as seen from here. */
  readonly roams: boolean;
  /** Members that are reached through it, when it is the relay. */
  readonly relays?: readonly string[];
}

/** An ordered pair of members, by node name. */
export interface Pair {
  readonly from: string;
  readonly to: string;
}
