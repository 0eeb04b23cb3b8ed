import type { Inventory, Network, Node } from '../model/inventory.js';
import type { PacketProgram } from '../packets/program.js';
import type { Question } from '../remote/question.js';
import type { Visitor } from '../visitor/visitor.js';
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
  /** GO because nothing is broken, but shown to the user, who may not know about it. */
  readonly noted?: true;
  /** With a peer: the same in numbers, for tables of who reaches whom. */
  readonly pair?: PairReading;
}

/** What was measured from a node to its peer. */
export interface PairReading {
  readonly network: string;
  /** Absent if there is no number because nothing got through. */
  readonly value?: number;
  /** `s ago`: since something last succeeded. */
  readonly unit: 'ms' | 's ago' | 'bytes';
  /** Packets that were lost before one got through, if any. */
  readonly lost?: number;
}

export interface Verdict {
  /** Short evidence for a GO: `12 of 12 pairs answer`. */
  readonly summary: string;
  readonly findings: readonly Finding[];
  /** What the gate needs from this verdict if it is measured again in the same run, because it was not GO. */
  readonly recall?: unknown;
}

export interface GateContext<P> {
  readonly params: P;
  readonly inventory: Inventory;
  readonly networks: readonly Network[];
  /** Nodes that the probe runs on: two-sided gates count only pairs with both ends among them. */
  readonly measured: readonly string[];
  /** Nodes of the gate that could not be reached, and are left out; default: none. */
  readonly absent?: readonly string[];
  /** Seconds for which the probe may keep trying on the node; 0 is one attempt. */
  readonly patience: number;
  /** Unique to the run, letters and digits: marks this run's packets. */
  readonly token: string;
  /** Whether this run judges an ordered pair: two-sided gates send nothing for the others. Default: all. */
  readonly counts?: (from: string, to: string) => boolean;
  /** Number of this run among those that may measure the same nodes at the same time, from 1: each uses its own ports. */
  readonly lane?: { readonly index: number; readonly of: number };
  /** What the phases up to this gate's have configured, for gates that compare with it. */
  readonly facts: Facts;
  /** What the gate's last verdict in this run left for the next one. */
  readonly recall?: unknown;
  /** What the nodes answered to the gate's survey; one whose answer can't be read is missing. */
  readonly surveyed?: ReadonlyMap<string, unknown>;
}

/** Sent by a program that shares a process with a node's others. */
export interface PacketQuestion<S> extends Pick<Question<S>, 'parse'> {
  readonly packets: PacketProgram;
}

/** Hears how far a long measurement is, in seconds. */
export type GateProgress = (done: number, total: number) => void;

/** What a gate reads on one node; a reply that `parse` can't read is a STOP. */
export type GateProbe<S = unknown> = Question<S> | PacketQuestion<S>;

/** What the measured nodes answered. */
export interface NodeReadings<S = unknown> {
  /** By node, for replies that could be read. */
  readonly seen: ReadonlyMap<string, S>;
  /** A STOP for every node whose reply is missing or garbled. */
  readonly unread: readonly Finding[];
}

export interface Readings<S = unknown, O = unknown> extends NodeReadings<S> {
  /** What was measured from this machine, by a kind that does. */
  readonly outside: O;
}

/**
 * A kind of gate: one file. `P` is its parameters by the schema, `S` what its probe reads on a node, `O` what it measures
 * from outside the nodes.
 */
export interface GateKind<P = unknown, S = unknown, O = unknown> {
  readonly kind: string;
  /** JSON Schema of the parameters. */
  readonly schema: object;
  /** Judges the state before a run changes anything, so that a plan also shows its verdict. */
  readonly judgesAhead?: true;
  /** Seconds for which the probe keeps trying; 0 if waiting changes nothing. The parameter `within` overrides it. */
  readonly patience: number;
  /** Whether its verdict depends on the nodes' keys. */
  readonly readsKeys?: true;
  /** Seconds in which the answer may become GO by itself if the run has changed nothing; default: 3. */
  readonly settling?: number;
  /** Seconds that its measurement from this machine may take beyond its patience. */
  lasts?(params: P): number;
  /** Whether it is measured over a login made after the last change of the run, which proves that logins work. */
  readonly anew?: boolean;
  /** Whether the inventory gives it anything to measure; default: always. A gate without anything to measure is not run. */
  concerns?(inventory: Inventory, networks: readonly Network[]): boolean;
  /**
   * What it has to know of a node before it can probe others, asked in an exec of its own; undefined if there is nothing.
   * A gate that surveys is left out of the first look.
   */
  survey?(context: GateContext<P>, node: Node): Question<unknown> | undefined;
  /**
   * It changes nothing, with one exception: on its second try, `handshake` removes a peer whose session is dead from the
   * interface and adds it again unchanged.
   */
  probe(context: GateContext<P>, node: Node): GateProbe<S>;
  /**
   * What a visitor gets, measured from where this program runs while the nodes are asked. It tries for `patience` seconds
   * itself. What is wrong is an answer; if it rejects nevertheless, the gate is a STOP.
   */
  outside?(context: GateContext<P>, visitor: Visitor, progress: GateProgress): Promise<O>;
  verdict(context: GateContext<P>, readings: Readings<S, O>): Verdict;
}
