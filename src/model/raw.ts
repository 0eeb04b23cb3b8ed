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
  readonly firewall?: readonly (RawFirewallRule | null)[];
  readonly edges?: Readonly<Record<string, RawEdge>>;
  readonly apps?: Readonly<Record<string, RawApp>>;
  readonly dns?: RawDns;
  readonly networks?: Readonly<Record<string, RawTailnet | RawNetwork>>;
  readonly lab?: {
    readonly laptop?: string;
    readonly names?: Readonly<Record<string, OneOrMore>>;
    readonly authorities?: readonly (string | null)[];
    readonly standIns?: boolean;
  };
}

export interface RawSecret {
  readonly env?: string;
  readonly file?: string;
  readonly command?: readonly (string | null)[];
}

export interface RawForward {
  readonly protocol?: 'udp' | 'tcp';
  readonly port?: number;
  readonly node?: string;
  readonly nodePort?: number;
}

export interface RawNetwork {
  readonly kind?: 'wireguard' | 'tailscale';
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

export interface RawTailnet {
  readonly kind?: 'wireguard' | 'tailscale';
  readonly loginServer?: string;
  readonly ca?: string;
  readonly authKey?: RawSecret;
  readonly members?: OneOrMore;
  readonly advertise?: Readonly<Record<string, OneOrMore>>;
  readonly accept?: OneOrMore;
  readonly exitNodes?: OneOrMore;
  readonly exitNode?: Readonly<Record<string, string>>;
  readonly tags?: OneOrMore;
  readonly acceptDns?: boolean;
  readonly netfilter?: 'on' | 'nodivert' | 'off';
  readonly port?: number;
}

export interface RawFirewallRule {
  readonly on?: OneOrMore;
  readonly allow?: readonly (string | RawAllowed | null)[];
}

export interface RawAllowed {
  readonly port?: string;
  readonly from?: OneOrMore;
}

export interface RawEdge {
  readonly proxy?: 'traefik' | 'caddy';
  readonly acme?: RawAcme;
  readonly trusted?: OneOrMore;
}

export interface RawAcme {
  readonly email?: string;
  readonly challenge?: 'http' | 'tls-alpn' | 'dns';
  readonly directory?: string;
  readonly ca?: string;
  readonly dns?: RawAcmeDns;
}

export interface RawAcmeDns {
  readonly provider?: string;
  readonly env?: Readonly<Record<string, RawSecret>>;
}

export interface RawApp {
  readonly kind?: 'http' | 'tls' | 'tcp' | 'udp';
  readonly host?: OneOrMore;
  readonly edge?: OneOrMore;
  readonly network?: string;
  readonly to?: RawAppTarget;
  readonly port?: number;
  readonly listen?: number;
  readonly relay?: 'direct' | 'dnat' | 'socket-proxyd' | 'socat' | 'haproxy';
  readonly options?: RawAppOptions;
  readonly expect?: RawAppExpectation;
}

export interface RawAppTarget {
  readonly node?: string;
  readonly address?: string;
  readonly port?: number;
}

export interface RawAppOptions {
  readonly upload?: string;
  readonly rate?: string;
  readonly allow?: OneOrMore;
  readonly deny?: OneOrMore;
  readonly headers?: Readonly<Record<string, string>>;
  readonly hsts?: string;
  readonly auth?: RawSecret;
  readonly maintenance?: boolean;
  readonly proxyProtocol?: boolean;
}

export interface RawAppExpectation {
  readonly path?: string;
  readonly status?: number;
  readonly contains?: string;
}

export interface RawDns {
  readonly zone?: OneOrMore;
  readonly serve?: OneOrMore;
  readonly resolver?: 'dnsmasq' | 'unbound';
  readonly upstream?: OneOrMore;
  readonly nodes?: boolean;
  readonly inside?: 'nearest' | 'public';
  readonly apps?: Readonly<Record<string, OneOrMore>>;
  readonly records?: Readonly<Record<string, OneOrMore>>;
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
