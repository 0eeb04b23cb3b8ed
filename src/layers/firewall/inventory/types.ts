/** Who may send, as a rule names them. */
export type Source =
  /** The node's own site. */
  | { readonly kind: 'lan' }
  | { readonly kind: 'node' | 'site' | 'network'; readonly name: string }
  | { readonly kind: 'range'; readonly range: string };

/** One entry of a rule's `allow`. */
export interface Allowed {
  /** `ssh`: the port of sshd on each node. */
  readonly port: 'ssh' | PortRange;
  readonly from: 'anyone' | readonly Source[];
}

export interface PortRange {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** The last port of a range. */
  readonly toPort?: number;
}

/** One entry of `firewall`. */
export interface FirewallRule {
  /** Names of the nodes that it is for. */
  readonly nodes: readonly string[];
  readonly allow: readonly Allowed[];
}

declare module '../../../model/inventory.js' {
  interface LayerValues {
    readonly firewall: readonly FirewallRule[];
    /** Names of the nodes where everything is closed that isn't in `openings`. */
    readonly closed: readonly string[];
  }
}
