/** Everything that one SSH connection needs to know, resolved once: a node, or a jump host on the way to one. */
export interface Hop {
  /** Equal ids lead to the same machine, as the same user, by the same way. */
  readonly id: string;
  /** What errors call it: the node's name, or what the user wrote for the jump host. */
  readonly node: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** 0: whichever the name resolves to. */
  readonly family: 0 | 4 | 6;
  /** Name under which known_hosts files hold its key: the host, or its HostKeyAlias. */
  readonly hostKeyName: string;
  /** Pinned keys, `type base64`; when there are any, no file is asked. */
  readonly hostKeys: readonly string[];
  /** The first one is written to when a new key is accepted. */
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
  /** Key of the inventory; when there is one, no other is offered. */
  readonly key?: string | undefined;
  /** Keys of ~/.ssh/config or, failing those, the default ones; they need not exist. */
  readonly identityFiles: readonly string[];
  /** Whether the agent's other keys stay unused. */
  readonly identitiesOnly: boolean;
  readonly certificates: readonly string[];
  readonly agentSocket?: string | undefined;
  /** The jump host through which it is dialled. */
  readonly via?: Hop | undefined;
}

/** `203.0.113.7 port 22`, with the jump host where there is one. */
export function describeHop(hop: Hop): string {
  const way = hop.via === undefined ? '' : ` through ${hop.via.node}`;
  return `${hop.host} port ${hop.port}${way}`;
}
