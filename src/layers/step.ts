import type { ErrorCode } from '../core/errors.js';
import type { SecretRef } from '../core/secrets/reference.js';
import type { Inventory, Network, Node } from '../model/inventory.js';
import type { FragmentReply } from '../remote/program.js';
import type { Question } from '../remote/question.js';
import type { KeyedPair, PairSecrets } from './pair-secrets.js';
import type { Parcel, Program } from './parcel.js';
import type { TemplateValues } from './template.js';

/** From the mildest to the worst. `none` cuts no session. */
export const DISRUPTION_LEVELS = ['none', 'brief', 'outage'] as const;
export type DisruptionLevel = (typeof DISRUPTION_LEVELS)[number];

/** How a change is felt while it is made. */
export interface Disruption {
  readonly level: DisruptionLevel;
  /** Such as `restarts wg0: about 1 s`. */
  readonly detail?: string;
}

/** What a change may alter on its node: what has to be kept to revert it. */
export interface Touched {
  /** Absolute paths, whether they exist yet or not. */
  readonly files?: readonly string[];
  readonly units?: readonly string[];
  /** Keys as written in sysctl.conf. */
  readonly sysctls?: readonly string[];
  readonly interfaces?: readonly string[];
  /** All of the node's live network state, and the files that make it up at boot. */
  readonly network?: boolean;
}

/** A file that doesn't exist yet. */
export interface NewFile {
  readonly path: string;
  /** Octal, four digits. */
  readonly mode: string;
  /** What it is for, if its text doesn't show that at a glance. */
  readonly purpose?: string;
}

/** One difference between what is wanted and what the node has. */
export interface Change {
  /** Imperative, short: `add peer wk-3`. */
  readonly summary: string;
  readonly disruption: Disruption;
  /** Unified-style lines beginning with `+`, `-` or a space; never holds a secret. */
  readonly diff?: string;
  readonly creates?: NewFile;
  /** POSIX sh run as root on the node; a non-zero status is failure. */
  readonly script: string;
  /** Sent to the node before the changes of its round. */
  readonly parcel?: Parcel;
  /** Nothing that could be reverted when left out. */
  readonly touches?: Touched;
  /** Whether it could cut the way by which the node is reached: it is then made under the node's own guard. */
  readonly guarded?: boolean;
  /** Whether another machine may bring the difference about again at any moment: wanted once more, it has not failed. */
  readonly recurs?: boolean;
  /** Name of the network whose members have to make theirs, too, for what worked before to work again. */
  readonly joint?: string;
  /** Name of the network that ends on the node with it, or of its interface if that is all that is known. */
  readonly retires?: string;
}

/** Facts that one step learns on a node and steps or gates on other nodes need, such as public keys. */
export interface Facts {
  get(node: string, key: string): string | undefined;
  /** Whether the run goes on without the node, which can't be reached. */
  isAbsent?(node: string): boolean;
}

/** Before any node was asked. */
export const NOTHING_ASKED: Facts = { get: () => undefined };

export interface StepContext<P> {
  readonly params: P;
  readonly node: Node;
  readonly inventory: Inventory;
  /** The networks that the step concerns and the node belongs to. */
  readonly networks: readonly Network[];
  /** Folder of the playbook, against which local files are resolved. */
  readonly folder: string;
  /** What templates may name. */
  readonly values: TemplateValues;
  /** Keys that this run gives to pairs of nodes, and secrets that the inventory refers to. */
  readonly secrets: PairSecrets;
}

/** Why a change failed, in the user's terms. */
export interface Explanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fix: string;
  /** An earlier step may clear it away: it is refused in its phase's own turn, not before the run's first change. */
  readonly passing?: true;
}

/** What a step would write on one node. */
export interface Claim {
  readonly inventory: Inventory;
  readonly node: Node;
  /** The networks for which steps write there. */
  readonly networks: readonly Network[];
}

/** What distinguishes ours on a node from what somebody else has made there. `S` is what its probe saw. */
export interface Ownership<S = unknown> {
  /** Letters and dashes: what the probe is called. */
  readonly name: string;
  probe(claim: Claim): Question<S>;
  /** What is somebody else's. */
  refuse(claim: Claim, seen: S, facts: Facts): readonly Foreign[];
}

export interface Foreign {
  /** What can't be changed, and whose it would be. */
  readonly message: string;
  /** By what that is known. */
  readonly evidence: string;
  readonly fix: string;
}

/** Facts that a kind of step learns on some nodes, and that others depend on. */
export interface Learning {
  readonly nodes: readonly string[];
  /** The WireGuard network whose keys these are: of no use if nothing reads keys. Default: whatever runs, may depend on them. */
  readonly keysOf?: string;
}

/** A kind of step: one file. `P` is its parameters as the schema allows them, `S` what its probe saw. */
export interface StepKind<P = unknown, S = unknown> {
  readonly kind: string;
  /** How to find the owner of what the step would write: it is refused if that is somebody else. */
  readonly claims?: Ownership;
  /** What it learns that others depend on: it is read on these nodes even if no playbook has it there. */
  learns?(inventory: Inventory): readonly Learning[];
  /** Whether its plan depends on the keys that nodes have. */
  readonly readsKeys?: true;
  /** JSON Schema of the parameters. */
  readonly schema: object;
  /** Rejects parameters which the schema can't judge; runs before any node is touched. */
  check?(context: StepContext<P>): readonly string[];
  /** What it looks at on the node. */
  probe(context: StepContext<P>): Question<S>;
  /** Why it must not, or can't, be brought about on this node as it is: ends the run before anything is changed. */
  refuse?(context: StepContext<P>, seen: S, facts: Facts): readonly Explanation[];
  facts?(context: StepContext<P>, seen: S): Readonly<Record<string, string>>;
  /** Facts about other nodes, by name, as this one has them: they replace those of nodes that can't be reached. */
  hearsay?(context: StepContext<P>, seen: S): ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Bare addresses that were seen on the node in each network, by the network's name: it may be logged into at one. */
  addresses?(context: StepContext<P>, seen: S): ReadonlyMap<string, readonly string[]>;
  /** Bare addresses of the node and its peers in networks that it has and shouldn't have any more, by the network's name. */
  formerAddresses?(context: StepContext<P>, seen: S): ReadonlyMap<string, readonly string[]>;
  /** Every program that it may have to send to the node, whatever the node is. */
  programs?(context: StepContext<P>): readonly Program[];
  /** Seconds that applying it may take on one node; 120 when left out. */
  timeoutSeconds?(context: StepContext<P>): number;
  /** Pairs that must be given a new key, which `plan` then finds in `context.secrets`, unless the run may not change both. */
  wantedSecrets?(context: StepContext<P>, seen: S, facts: Facts): readonly KeyedPair[];
  /** References of the inventory to secrets that `plan` needs, and then finds in `context.secrets`. */
  wantedReferences?(context: StepContext<P>, seen: S): readonly SecretRef[];
  /** Pure; `[]` when satisfied. */
  plan(context: StepContext<P>, seen: S, facts: Facts): readonly Change[];
  /** Asked when a change of this kind failed; undefined if its own output says it best. */
  explain?(context: StepContext<P>, reply: FragmentReply): Explanation | undefined;
}
