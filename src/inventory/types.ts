/** How a node is logged into. Everything optional falls back on ~/.ssh/config, as `ssh` itself would. */
export interface SshSettings {
  /** Host name or address to dial; never begins with `-`. */
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
}

/** A machine reached over SSH. */
export interface Node {
  readonly name: string;
  readonly role?: string;
  /** Name of the site whose LAN it stands in. */
  readonly site?: string;
  /** Addresses reachable from the whole internet. IPv4 first. */
  readonly publicAddresses: readonly string[];
  /** Addresses on its site's LAN. IPv4 first. */
  readonly lanAddresses: readonly string[];
  readonly ssh: SshSettings;
  /** Read by the lab alone: the Debian release to boot. */
  readonly release: 'bookworm' | 'trixie';
}

/** One port of a router's public address, sent on to a node of the site. */
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

/** One WireGuard overlay. */
export interface Network {
  readonly name: string;
  readonly interface: string;
  /** CIDR ranges of the overlay. */
  readonly ranges: readonly string[];
  readonly shape: 'mesh';
  /** UDP port that every member listens on. */
  readonly port: number;
  readonly mtu: number;
  /** Seconds between keepalives where one is needed. */
  readonly keepalive: number;
  /** Node through which pairs go that can't meet. */
  readonly relay?: string;
  /** In the order of the inventory. */
  readonly members: readonly Member[];
}

/** The loaded, validated, resolved and deeply frozen inventory. */
export interface Inventory {
  /** Path as the user gave it. */
  readonly file: string;
  readonly name: string;
  readonly sites: readonly Site[];
  readonly nodes: readonly Node[];
  readonly networks: readonly Network[];
  readonly lab: {
    /** Name of the site in which the lab's laptop stands; none: wherever every node can be dialled from. */
    readonly laptop?: string;
  };
}
