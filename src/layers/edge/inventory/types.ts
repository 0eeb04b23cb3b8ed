import type { SecretRef } from '../../../core/secrets/reference.js';

/** How an edge gets its certificates. */
export interface Acme {
  readonly email: string;
  readonly challenge: 'http' | 'tls-alpn' | 'dns';
  /** URL of the authority's directory. */
  readonly directory: string;
  /** Local file with the certificate of a private authority's own server. */
  readonly ca?: string;
  /** Challenge `dns`: who serves the zone, and what its interface wants to know, by the names of environment variables. */
  readonly dns?: { readonly provider: string; readonly env: Readonly<Record<string, SecretRef>> };
}

/** A node that visitors connect to, with its reverse proxy. */
export interface Edge {
  readonly node: string;
  readonly proxy: 'traefik' | 'caddy';
  readonly acme?: Acme;
  /** CIDR ranges of proxies in front of it, whose word about a visitor's address is taken. */
  readonly trusted: readonly string[];
}

/** `tls`: passed through by its name, unread; TLS ends at home. */
export type AppKind = 'http' | 'tls' | 'tcp' | 'udp';

/**
 * How packets get from the overlay to the app. `direct`: the app itself listens on the overlay, at the port that edges connect to.
 * `dnat`: rewritten by nftables; the app sees who sent them.
 */
export type Relay = 'direct' | 'dnat' | 'socket-proxyd' | 'socat' | 'haproxy';

export interface Rate {
  readonly requests: number;
  /** Seconds. */
  readonly per: number;
}

export interface AppOptions {
  /** Seconds that a request may take to arrive. */
  readonly upload?: number;
  /** Of each visitor; more is refused. */
  readonly rate?: Rate;
  /** CIDR ranges; nobody else is let in. */
  readonly allow?: readonly string[];
  /** CIDR ranges that are not let in. */
  readonly deny?: readonly string[];
  /** Headers of each answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds for which browsers insist on HTTPS. */
  readonly hsts?: number;
  /** `NAME:PASSWORD` of the one visitor who is let in. */
  readonly auth?: SecretRef;
  /** Answers with a page that says so, and leaves the app alone. */
  readonly maintenance: boolean;
  /**
   * The app reads a PROXY v2 header before anything else: of an edge for `tls` and `tcp`, which a relay passes on or repeats;
   * of the relay `haproxy` for `http`.
   */
  readonly proxyProtocol: boolean;
}

/** What the app answers: the proof that all of the way to it works. */
export interface Expectation {
  readonly path: string;
  readonly status: number;
  readonly contains?: string;
}

/** One entry of the registry: from the name on the internet to the socket at home. */
export interface App {
  readonly name: string;
  readonly kind: AppKind;
  /** In lower case; `*.` in front stands for any one label. Kinds `tcp` and `udp` may have none. */
  readonly hosts: readonly string[];
  /** Names of nodes; the first is preferred. */
  readonly edges: readonly string[];
  /** Name of the overlay between the edges and the node; absent if the node is its only edge. */
  readonly network?: string;
  readonly to: AppTarget;
  /** Where the node listens on the overlay for the edges. */
  readonly port: number;
  /** Kinds `tcp` and `udp`: the port on the edges. */
  readonly listen?: number;
  readonly relay: Relay;
  readonly options: AppOptions;
  readonly expect: Expectation;
}

export interface AppTarget {
  readonly node: string;
  /** What the node connects to; absent: any of its own addresses. */
  readonly address?: string;
  readonly port: number;
}

declare module '../../../model/inventory.js' {
  interface LayerValues {
    readonly edges: readonly Edge[];
    readonly apps: readonly App[];
  }
}
