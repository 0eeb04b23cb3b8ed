import type { Service } from '../../../model/inventory.js';

/** Where a member sends its packets for a peer, and how that address was derived. */
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
  /** The name of the peer's node, or of the client. */
  readonly node: string;
  /** The peer's own overlay addresses, bare. */
  readonly addresses: readonly string[];
  /** CIDR: the peer's addresses as /32 and /128 and the subnets it advertises, then those of members that are reached through it; of a spoke's hub, the overlay's ranges and every subnet. */
  readonly allowedIps: readonly string[];
  readonly endpoint?: Endpoint;
  /** Seconds; only from the side behind NAT toward the side that isn't. */
  readonly keepalive?: number;
  /** Whether WireGuard may learn another endpoint for it: seen from here, it is behind NAT. */
  readonly roams: boolean;
  /** Members that are reached through it, when it is the relay or a hub. */
  readonly relays?: readonly string[];
  /** Whether it is a hub of the network. */
  readonly hub?: true;
  /** Whether it is a client: not reached over SSH, and its key comes from the inventory. */
  readonly client?: true;
  /** Base64, only for clients; a node's key is read from the node. */
  readonly publicKey?: string;
  /** Whether it is kept as the inventory writes it; it is a client, too, then. */
  readonly unmanaged?: { readonly presharedKey: boolean };
}

/** What a client may reach, as its hub enforces it. */
export interface Allowed {
  /** CIDR ranges behind the tunnel: overlay addresses and advertised subnets. IPv4 first, none twice. */
  readonly ranges: readonly string[];
  /** Single ports in other ranges. IPv4 first, none twice. */
  readonly services: readonly AllowedService[];
  /** Whether it may go out to the internet through the hub; not to private ranges, whatever is near the hub. */
  readonly internet: boolean;
}

/** One port of every address in a range. */
export interface AllowedService extends Service {
  /** CIDR. */
  readonly range: string;
}
