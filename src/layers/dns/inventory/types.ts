/** Where a name leads: a node, at its address that is nearest to whoever asks, or an address. */
export type Target = { readonly node: string } | { readonly address: string };

/** What the names of an app answer inside. */
export type Inside = 'nearest' | 'public' | readonly Target[];

export type ResolverKind = 'dnsmasq' | 'unbound';

/** A name of the user's own, which is only answered inside. */
export interface OwnRecord {
  /** As it is written. */
  readonly key: string;
  /** In lower case, below a zone; `*.` in front stands for all names below. */
  readonly name: string;
  readonly targets: readonly Target[];
}

/** What names answer inside. */
export interface Dns {
  /** The first names the nodes. */
  readonly zones: readonly string[];
  /** Names of nodes. */
  readonly serve: readonly string[];
  readonly resolver: ResolverKind;
  /** Bare addresses; none: what the resolver asks by itself. */
  readonly upstream: readonly string[];
  /** Whether nodes have names. */
  readonly nodes: boolean;
  readonly inside: 'nearest' | 'public';
  /** By the name of the app. */
  readonly apps: Readonly<Record<string, Inside>>;
  readonly records: readonly OwnRecord[];
}

declare module '../../../model/inventory.js' {
  interface LayerValues {
    /** Absent if the inventory has none. */
    readonly dns?: Dns;
  }
}
