import type { Socket } from 'node:net';

export type Family = 4 | 6;

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/**
 * What this machine can do as anyone on its network can: look names up and open connections, without a login anywhere.
 * Each call rejects with the system's own error and its `code`, also when `signal` is aborted.
 */
export interface Visitor {
  /** Aborted when there is no more time, or the run is interrupted. */
  readonly signal: AbortSignal;
  /**
   * Addresses of a name by DNS: of this machine's resolvers, or of other servers (`ADDRESS` or `ADDRESS:PORT`). The hosts file
   * is not read. Empty if the name has none of the family.
   */
  resolve(name: string, family: Family, servers?: readonly string[]): Promise<readonly string[]>;
  /** Names of the servers that have the last word on a name; empty if the resolvers don't say. */
  authorities(name: string): Promise<readonly string[]>;
  /** Rejects with ETIMEDOUT after `ms` milliseconds without an answer. */
  connect(to: SocketAddress, ms: number): Promise<Socket>;
  /** Sends a datagram and resolves with the first that comes back; ETIMEDOUT after `ms` milliseconds. */
  exchange(to: SocketAddress, payload: Uint8Array, ms: number): Promise<Buffer>;
}

/** Makes the visitor of one measurement. */
export type Visitors = (signal: AbortSignal) => Visitor;
