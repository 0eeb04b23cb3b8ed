/** Everything that one SSH connection needs to know, resolved once: a node, or a jump host on the way to one. */
export interface Hop {
  /** Equal ids mean the same machine, user and route. */
  readonly id: string;
  /** Its name in errors: the node's, or the jump host as the user wrote it. */
  readonly node: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** 0: any address that the name resolves to. */
  readonly family: 0 | 4 | 6;
  /** Name under which known_hosts files hold its key: the host, or its HostKeyAlias. */
  readonly hostKeyName: string;
  /** Pinned keys, `type base64`; if there are any, known_hosts files are not read. */
  readonly hostKeys: readonly string[];
  /** A newly accepted key is written to the first one. */
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
  /** Key from the inventory; if set, no other is offered. */
  readonly key?: string | undefined;
  /** Keys from ~/.ssh/config, else the default ones; they need not exist. */
  readonly identityFiles: readonly string[];
  /** Whether to ignore the agent's other keys. */
  readonly identitiesOnly: boolean;
  readonly certificates: readonly string[];
  readonly agentSocket?: string | undefined;
  /** In no inventory: only ~/.ssh/config and the user's own words say how to log in. */
  readonly undeclared?: boolean | undefined;
  /** The jump host that it is reached through. */
  readonly via?: Hop | undefined;
}

/** `203.0.113.7 port 22`, with the jump host if there is one. */
export function describeHop(hop: Hop): string {
  const way = hop.via === undefined ? '' : ` through ${hop.via.node}`;
  return `${hop.host} port ${hop.port}${way}`;
}
