// Written by scripts/write-schemas.js.

/** One text or a list; what the schema refused in a list is null. */
export type OneOrMore = string | readonly (string | null)[];

export interface RawInventory {
  readonly name?: string;
  readonly defaults?: {
    readonly ssh?: {
      readonly port?: number;
      readonly user?: string;
      readonly key?: string;
      readonly jump?: string;
      readonly sudo?: 'auto' | 'passwordless' | 'password';
      readonly sudoPasswordFile?: string;
    };
  };
  readonly sites?: Readonly<Record<string, RawSite>>;
  readonly nodes?: Readonly<Record<string, RawNode>>;
  readonly networks?: Readonly<Record<string, RawNetwork>>;
  readonly lab?: {
    readonly laptop?: string;
  };
}

export interface RawForward {
  readonly protocol?: 'udp' | 'tcp';
  readonly port?: number;
  readonly node?: string;
  readonly nodePort?: number;
}

export interface RawNetwork {
  readonly interface?: string;
  readonly range?: OneOrMore;
  readonly shape?: 'mesh' | 'hub';
  readonly hub?: OneOrMore;
  readonly hubOf?: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly mtu?: number;
  readonly keepalive?: number;
  readonly relay?: string;
  readonly addresses?: Readonly<Record<string, OneOrMore>>;
  readonly advertise?: Readonly<Record<string, RawAdvertised>>;
  readonly internet?: boolean;
  readonly presharedKeys?: boolean;
  readonly clients?: Readonly<Record<string, RawClient>>;
  readonly unmanaged?: Readonly<Record<string, RawUnmanaged>>;
}

export interface RawUnmanaged {
  readonly on?: OneOrMore;
  readonly publicKey?: string;
  readonly allowedIps?: OneOrMore;
  readonly endpoint?: string;
  readonly keepalive?: number;
  readonly presharedKey?: boolean;
}

export interface RawAdvertised {
  readonly subnets?: OneOrMore;
  readonly nat?: 'masquerade' | 'none';
}

export interface RawClient {
  readonly address?: OneOrMore;
  readonly publicKey?: string;
  readonly tunnel?: 'split' | 'full';
  readonly dns?: OneOrMore;
  readonly reach?: OneOrMore;
}

export interface RawNode {
  readonly role?: string;
  readonly site?: string;
  readonly public?: OneOrMore;
  readonly lan?: OneOrMore;
  readonly ssh?: {
    readonly host?: string;
    readonly port?: number;
    readonly user?: string;
    readonly key?: string;
    readonly jump?: string;
    readonly hostKey?: OneOrMore;
    readonly sudo?: 'auto' | 'passwordless' | 'password';
    readonly sudoPasswordFile?: string;
  };
  readonly lab?: {
    readonly release?: 'bookworm' | 'trixie';
  };
}

export interface RawSite {
  readonly subnet?: OneOrMore;
  readonly router?: string;
  readonly public?: OneOrMore;
  readonly nat?: boolean;
  readonly forwards?: readonly (RawForward | null)[];
}
