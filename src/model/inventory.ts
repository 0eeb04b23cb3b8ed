/** How to log in to a node. Everything optional falls back to ~/.ssh/config, as in `ssh` itself. */
export interface SshSettings {
  /** Host name or address to connect to; never begins with `-`. */
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  /** Path of a private key, `~` allowed; relative paths are relative to the inventory's folder. */
  readonly key?: string;
  /** Another node's name, or `user@host:port`. */
  readonly jump?: string;
  /** Pinned host key, `ssh-ed25519 AAAA...`; several may be pinned. */
  readonly hostKeys: readonly string[];
  /** `auto` tries without a password first and asks only when sudo insists. */
  readonly sudo: 'auto' | 'passwordless' | 'password';
  /** File (0600) whose first line is the sudo password. */
  readonly sudoPasswordFile?: string;
  /** It is in no inventory yet. */
  readonly undeclared?: true;
}

/** A machine reached over SSH. */
export interface Node {
  readonly name: string;
  readonly role?: string;
  /** Name of the site whose LAN it is in. */
  readonly site?: string;
  /** Addresses reachable from anywhere on the internet. IPv4 first. */
  readonly publicAddresses: readonly string[];
  /** Addresses on its site's LAN. IPv4 first. */
  readonly lanAddresses: readonly string[];
  readonly ssh: SshSettings;
  /** Only for the lab: the Debian release to boot. */
  readonly release: 'bookworm' | 'trixie';
}

/** One port of a router's public address, forwarded to a node of the site. */
export interface Forward {
  readonly protocol: 'udp' | 'tcp';
  /** Port on the router's public address. */
  readonly port: number;
  readonly node: string;
  /** Port on the node. */
  readonly nodePort: number;
}

/** A LAN with nodes in it. */
export interface Site {
  readonly name: string;
  /** CIDR ranges of the LAN. */
  readonly subnets: readonly string[];
  /** The router's address inside the LAN. */
  readonly router?: string;
  /** The router's public addresses. IPv4 first. */
  readonly publicAddresses: readonly string[];
  /** Whether nodes in it are hidden behind the router's address. */
  readonly nat: boolean;
  readonly forwards: readonly Forward[];
}

export interface Member {
  readonly node: string;
  /** Bare overlay addresses without prefix length. IPv4 first. */
  readonly addresses: readonly string[];
}

/** LANs that a member, their gateway, forwards packets to. */
export interface Advertised {
  /** Name of the gateway. */
  readonly node: string;
  /** CIDR ranges. IPv4 first. */
  readonly subnets: readonly string[];
  /** `masquerade`: the gateway uses its own LAN address as the source; `none`: the LAN's router has a route back. */
  readonly nat: 'masquerade' | 'none';
}

/** One thing that a client may reach. */
export type Reach =
  /** The addresses of all members and clients. */
  | { readonly kind: 'overlay' }
  /** Every advertised subnet. */
  | { readonly kind: 'lan' }
  /** The internet, through the hub. */
  | { readonly kind: 'internet' }
  | { readonly kind: 'node'; readonly node: string; readonly service?: Service }
  | { readonly kind: 'range'; readonly range: string; readonly service?: Service };

/** The one port of an address that is meant; without it, all ports of all protocols are. */
export interface Service {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** A device without SSH, which gets a configuration. */
export interface Client {
  readonly name: string;
  /** Bare overlay addresses. IPv4 first. */
  readonly addresses: readonly string[];
  /** Base64; absent until its keys are made. */
  readonly publicKey?: string;
  /** `split`: overlay and advertised LANs go through the tunnel; `full`: everything does. */
  readonly tunnel: 'split' | 'full';
  /** Bare addresses, only for the client's configuration. */
  readonly dns: readonly string[];
  /** `all`: overlay and LANs, and with a full tunnel the internet. */
  readonly reach: 'all' | readonly Reach[];
}

/** A peer without SSH or a configuration from here: its members keep it as it is written. */
export interface Unmanaged {
  readonly name: string;
  /** Names of the members that have it as a peer. */
  readonly on: readonly string[];
  /** Base64. */
  readonly publicKey: string;
  /** CIDR. IPv4 first. */
  readonly allowedIps: readonly string[];
  /** The host may be a name, which WireGuard resolves when the interface comes up. */
  readonly endpoint?: { readonly host: string; readonly port: number };
  /** Seconds. */
  readonly keepalive?: number;
  /** Whether it has a preshared key; the members keep that in a file. */
  readonly presharedKey: boolean;
}

/** One WireGuard overlay. */
export interface Network {
  readonly name: string;
  readonly interface: string;
  /** CIDR ranges of the overlay. */
  readonly ranges: readonly string[];
  /** `mesh`: every member is a peer of every other; `hub`: spokes and clients are only peers of their hub. */
  readonly shape: 'mesh' | 'hub';
  /** Names of the hubs, the default one first; none in a mesh. */
  readonly hubs: readonly string[];
  /** The hub that each spoke and client connects to, by name; empty in a mesh. */
  readonly hubOf: Readonly<Record<string, string>>;
  /** UDP port that every member listens on. */
  readonly port: number;
  readonly mtu: number;
  /** Seconds between keepalives, for peers that need them. */
  readonly keepalive: number;
  /** Node that forwards between pairs that can't connect. */
  readonly relay?: string;
  /** In the order of the inventory: hubs and spokes, without clients. */
  readonly members: readonly Member[];
  readonly advertises: readonly Advertised[];
  /** Whether hubs forward clients to the internet, behind their own address. */
  readonly internet: boolean;
  /** Whether each pair of peers has its own preshared key. */
  readonly presharedKeys: boolean;
  /** In the order of the inventory; none in a mesh. */
  readonly clients: readonly Client[];
  /** In the order of the inventory. */
  readonly unmanaged: readonly Unmanaged[];
}

/** Ports of a node that somebody outside it has to reach. */
export interface Opening {
  readonly node: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** The last port of a range. */
  readonly toPort?: number;
  /** CIDR ranges of both families. */
  readonly sources: 'anyone' | readonly string[];
  /** Only packets that arrive on this interface. */
  readonly interface?: string;
  /** Names of the nodes that have to get in, if `sources` lets in more of them: their addresses aren't known beforehand. */
  readonly neededBy?: readonly string[];
  /** It is sshd: the port is the one that the inventory knows, and a login may show another. */
  readonly isSsh?: true;
  /** What needs it: `network mesh`, `app photos`, `firewall[2]`. */
  readonly because: string;
}

/** What only concerns the lab. */
export interface LabSettings {
  /** Name of the site that the lab's laptop is in; without one it is where it can connect to every node. */
  readonly laptop?: string;
  /** Names that the DNS of the lab's internet answers, each with nodes or addresses. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** URLs of ACME directories at which the lab's own authority answers. */
  readonly authorities?: readonly string[];
  /** Whether servers of the lab's own answer in place of the apps; they do unless this says otherwise. */
  readonly standIns?: boolean;
}

/** The layers' values of their own keys. A layer adds its type by declaration merging. */
export interface LayerValues {
  readonly networks: readonly Network[];
}

/** The loaded, validated, resolved and deeply frozen inventory. */
export interface Inventory extends LayerValues {
  /** Path as the user gave it. */
  readonly file: string;
  readonly name: string;
  readonly sites: readonly Site[];
  readonly nodes: readonly Node[];
  readonly lab: LabSettings;
  /** What has to be reachable on which node, as the layers say. */
  readonly openings: readonly Opening[];
}
