import type { Node } from '../model/inventory.js';

/** Seconds for one attempt to connect, TCP, key exchange and login, unless a user says otherwise. */
export const CONNECT_SECONDS = 20;

export interface RunOptions {
  /** Milliseconds from the call to the end of the program, including opening the channel. */
  readonly deadlineMs: number;
  /** Bytes kept of stdout and of stderr each; one more ends the run with E_REMOTE_FLOOD. */
  readonly maxBytes: number;
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onStderr?: (chunk: Buffer) => void;
  readonly signal?: AbortSignal;
  readonly attachment?: Attachment;
}

/** Bytes that a program reads on its standard input, to their end. */
export interface Attachment {
  /** The program prints it on stdout once it reads them: the shell would swallow what comes earlier. */
  readonly mark: string;
  open(): AsyncIterable<Uint8Array>;
}

export interface RunResult {
  /** Exit status; success is 0 AND the program's own end mark. */
  readonly code: number;
}

/** One authenticated connection to one node. */
export interface Connection {
  /** Feeds `program` to one root `sh -s` on its standard input. Rejects with a BridgeheadError if the connection, sudo or the deadline fails. */
  run(program: string, options: RunOptions): Promise<RunResult>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Uses no existing connection, not even to jump hosts: proves that a login works now. */
  readonly fresh?: boolean;
  /** False: one attempt only, however it fails. */
  readonly retry?: boolean;
}

/** One machine that is connected to on the way to a node. */
export interface WayStop {
  /** The node's name, or what the user wrote for a jump host. */
  readonly name: string;
  /** An address if it is known here, else the name that the previous machine looks up. */
  readonly host: string;
  readonly port: number;
}

/** The path of connections to a node. */
export interface Way {
  /** The first is connected to from here, each other one from the one before it; the node itself comes last. */
  readonly stops: readonly WayStop[];
  /** Addresses of this machine's own interfaces, CIDR. */
  readonly here: readonly string[];
}

/** The way to the machines: SSH in earnest, a recording one in tests. */
export interface Transport {
  connect(node: Node, signal?: AbortSignal, options?: ConnectOptions): Promise<Connection>;
  /** Connects to nothing. Left out: by what the inventory says of jump hosts. */
  way?(node: Node): Promise<Way>;
  close(): Promise<void>;
}
