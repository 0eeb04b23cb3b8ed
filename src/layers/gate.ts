import type { Inventory, Network, Node } from '../model/inventory.js';
import type { PacketProgram } from '../packets/program.js';
import type { Question } from '../remote/question.js';
import type { Facts } from './step.js';

/** One thing measured: on a node, or from a node to a peer. */
export interface Finding {
  readonly go: boolean;
  readonly node: string;
  readonly peer?: string;
  readonly expected: string;
  readonly seen: string;
  /** The likely fix; on a STOP, and on what is noted. */
  readonly fix?: string;
  /** GO, for nothing is broken by it, and yet shown to whoever runs it: they may not know. */
  readonly noted?: true;
  /** With a peer: the same in numbers, for tables of who reaches whom. */
  readonly pair?: PairReading;
}

/** What was measured from a node to its peer. */
export interface PairReading {
  readonly network: string;
  /** Absent where there is no number, as nothing came through. */
  readonly value?: number;
  /** `s ago`: since something last succeeded. */
  readonly unit: 'ms' | 's ago' | 'bytes';
  /** Packets that were lost before one came through, where there were any. */
  readonly lost?: number;
}

export interface Verdict {
  /** Short evidence for a GO: `12 of 12 pairs answer`. */
  readonly summary: string;
  readonly findings: readonly Finding[];
  /** What the gate wants to know again when it is measured once more in the same run, as it has not been GO. */
  readonly recall?: unknown;
}

export interface GateContext<P> {
  readonly params: P;
  readonly inventory: Inventory;
  readonly networks: readonly Network[];
  /** Nodes that the probe runs on: two-sided gates count only pairs with both ends among them. */
  readonly measured: readonly string[];
  /** Seconds that the probe may go on trying on the node; 0 is one attempt. */
  readonly patience: number;
  /** Unique to the run, letters and digits: marks this run's own packets. */
  readonly token: string;
  /** Whether an ordered pair is the run's to judge: two-sided gates send nothing for the others. All are, unless given. */
  readonly counts?: (from: string, to: string) => boolean;
  /** Which of several runs this is that may measure the same nodes at the same time, counted from 1: each takes ports of its own. */
  readonly lane?: { readonly index: number; readonly of: number };
  /** What the phases up to this gate's put in force, for gates that compare with it. */
  readonly facts: Facts;
  /** What the gate's last verdict in this run asked to be given again. */
  readonly recall?: unknown;
}

/** Sent by a program that shares a process with a node's others. */
export interface PacketQuestion<S> extends Pick<Question<S>, 'parse'> {
  readonly packets: PacketProgram;
}

/** What a gate asks of one node; a reply that `parse` calls garbled is a STOP. */
export type GateProbe<S = unknown> = Question<S> | PacketQuestion<S>;

/** What the measured nodes answered. */
export interface Readings<S = unknown> {
  /** By node, for those whose reply could be read. */
  readonly seen: ReadonlyMap<string, S>;
  /** A STOP for every node whose reply is missing or garbled. */
  readonly unread: readonly Finding[];
}

/** A kind of gate: one file. `P` is its parameters as the schema allows them, `S` what its probe saw of a node. */
export interface GateKind<P = unknown, S = unknown> {
  readonly kind: string;
  /** JSON Schema of the parameters. */
  readonly schema: object;
  /** Judges what is there before a run changes anything, so that a plan shows its verdict, too. */
  readonly judgesAhead?: true;
  /** Seconds that the probe goes on trying before it gives up; 0 for what doesn't change by waiting. The parameter `within` overrides it. */
  readonly patience: number;
  /** Whether its verdict lives by the keys that nodes have. */
  readonly readsKeys?: true;
  /** Seconds in which what it measures may come about by itself, where the run has changed nothing; 3 when left out. */
  readonly settling?: number;
  /** Whether it is asked over a login made after the last change of the run, which proves that one works. */
  readonly anew?: boolean;
  /** Whether the networks give it anything to measure; always, when left out. A gate that has nothing is not run. */
  concerns?(inventory: Inventory, networks: readonly Network[]): boolean;
  /**
   * It changes nothing, with one exception: by what `handshake` recalls, a peer whose session is dead is taken out of its interface and put in again as it was.
   */
  probe(context: GateContext<P>, node: Node): GateProbe<S>;
  verdict(context: GateContext<P>, readings: Readings<S>): Verdict;
}
