import type { ErrorCode } from '../../core/errors.js';
import type { Finding } from '../../layers/gate.js';
import type { Disruption, NewFile } from '../../layers/step.js';
import type { Shard } from '../shards/shard.js';
import type { Command } from './commands.js';
import type { Overview } from './overview.js';

export interface PlannedChange {
  readonly summary: string;
  readonly disruption: Disruption;
  readonly diff?: string;
  readonly creates?: NewFile;
  /** Name of the network that ends on the node with it. */
  readonly retires?: string;
  /** It touches nothing that could be reverted: no guard and no undo reverts it. */
  readonly stays?: boolean;
}

export interface ReportedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly node?: string | undefined;
  readonly phase?: string | undefined;
  readonly step?: string | undefined;
  readonly evidence?: string | undefined;
  readonly fix?: string | undefined;
}

/** What became of the nodes of a phase that did not end in GO. */
export interface PhaseNodes {
  /** They have the phase's changes, all or some of them. */
  readonly changed: readonly string[];
  /** They are as they were before the phase. */
  readonly untouched: readonly string[];
  /** They were changed, and reverted. */
  readonly reverted: readonly string[];
  /** They don't answer: what they have is not known. */
  readonly unknown: readonly string[];
}

/**
 * `partial`: GO on all nodes but those that were to be brought about and could not be reached. `done`: it was carried out, and has no
 * gates.
 */
export type PhaseOutcome = 'go' | 'done' | 'partial' | 'stop' | 'failed' | 'planned';

/** An inventory or playbook that a run was given. */
export interface PlanFile {
  readonly file: string;
  readonly name: string;
  /** Of what it says; the same wherever it lies. */
  readonly digest: string;
}

/** A phase of a run that begins, and the names of what it holds. */
export interface AnnouncedPhase {
  readonly name: string;
  readonly description?: string | undefined;
  readonly steps: readonly string[];
  readonly gates: readonly string[];
}

/** Everything that a run reports; the task tree, the JSON lines, the journal and the reports all read this one stream. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly command: Command;
      readonly inventory: PlanFile;
      /** Absent for commands that run none. */
      readonly playbook?: PlanFile;
      /** Nodes that may be changed or measured. */
      readonly nodes: readonly string[];
      /** Which part of the inventory those nodes are, and how many nodes it has in all. */
      readonly shard?: Shard & { readonly total: number };
      /** Runs whose reports were put together into this one, in the order of their shards. */
      readonly joined?: readonly string[];
      /** Of the program that ran. */
      readonly version?: string;
      /** What the network looks like; absent in journals of older versions. */
      readonly overview?: Overview;
      /** The phases selected, in order, with what each holds. */
      readonly phases: readonly AnnouncedPhase[];
    }
  | { readonly type: 'node-connecting'; readonly node: string }
  | { readonly type: 'node-connected'; readonly node: string; readonly ms: number }
  | { readonly type: 'node-probed'; readonly node: string; readonly ms: number }
  /** It could not be reached, and the run goes on without it. */
  | { readonly type: 'node-left-out'; readonly node: string; readonly error: ReportedError }
  | { readonly type: 'node-failed'; readonly node: string; readonly error: ReportedError }
  /** Only this run has the node; `from` is the dead run whose lock was taken over. */
  | { readonly type: 'lock-taken'; readonly node: string; readonly from?: string }
  /** Nodes that another run holds are waited for, `seconds` at most; nothing is locked meanwhile. */
  | {
      readonly type: 'lock-waiting';
      readonly nodes: readonly string[];
      /** Who holds them, since when. */
      readonly holder: string;
      readonly seconds: number;
    }
  /** Nobody holds the nodes any more that were waited for; they are read again. */
  | { readonly type: 'lock-waited'; readonly nodes: readonly string[]; readonly ms: number }
  /** The lock could not be given back when the run ended. */
  | { readonly type: 'lock-left'; readonly node: string; readonly reason: string }
  /** From here on the node undoes the phase's changes by itself, unless they are confirmed within `seconds`. */
  | {
      readonly type: 'guard-armed';
      readonly phase: string;
      readonly node: string;
      readonly seconds: number;
    }
  | {
      readonly type: 'guard-confirmed';
      readonly phase: string;
      readonly node: string;
      /** For the new login and the confirmation. */
      readonly ms: number;
    }
  /** What a phase has left on a node that takes effect at its next boot, and that nothing could prove. */
  | {
      readonly type: 'boot-unproven';
      readonly phase: string;
      readonly node: string;
      readonly notes: readonly string[];
    }
  /** Nothing could be confirmed; the node undoes its changes by itself within `seconds`, which is waited for. */
  | {
      readonly type: 'guard-waiting';
      readonly phase: string;
      readonly node: string;
      readonly seconds: number;
      readonly reason: string;
    }
  /** Changes were reverted: `by` the node alone, or because this run said so. */
  | {
      readonly type: 'guard-reverted';
      readonly phase: string;
      readonly node: string;
      readonly by: 'node' | 'run';
      /** The earlier run whose changes they were. */
      readonly earlier?: string;
      readonly reverted: readonly string[];
      readonly failed: readonly string[];
    }
  /** Nodes that other shards change are waited for, `seconds` at most; `phase` is absent before the first. */
  | {
      readonly type: 'shard-waiting';
      readonly phase?: string;
      readonly nodes: readonly string[];
      readonly seconds: number;
    }
  /** An earlier phase that was not selected, measured because the selected ones depend on it. */
  | {
      readonly type: 'relied-on';
      readonly phase: string;
      readonly gate: string;
      readonly go: boolean;
      readonly summary: string;
      readonly findings: readonly Finding[];
    }
  /** A program for a node is fetched by the controller, or sent; from the first second on. */
  | {
      readonly type: 'program-moving';
      readonly phase: string;
      readonly node: string;
      readonly program: string;
      readonly doing: 'fetch' | 'send';
      /** Bytes. */
      readonly done: number;
      readonly total?: number;
    }
  | { readonly type: 'phase-started'; readonly phase: string }
  /** One step on one node; no changes means satisfied. */
  | {
      readonly type: 'step-planned';
      readonly phase: string;
      readonly step: string;
      readonly name: string;
      readonly node: string;
      readonly changes: readonly PlannedChange[];
      readonly skipped?: string;
    }
  | {
      readonly type: 'change-started';
      readonly phase: string;
      readonly step: string;
      readonly node: string;
      readonly summary: string;
    }
  | {
      readonly type: 'change-done';
      readonly phase: string;
      readonly step: string;
      readonly node: string;
      readonly summary: string;
      readonly ms: number;
      /** What the node says it did, one line each. */
      readonly items?: readonly string[];
    }
  | {
      readonly type: 'step-failed';
      readonly phase: string;
      readonly step: string;
      readonly node: string;
      readonly error: ReportedError;
    }
  | { readonly type: 'gate-started'; readonly phase: string; readonly gate: string; readonly name: string }
  /** A gate tries something that takes long: `done` of `total` seconds are over. */
  | {
      readonly type: 'gate-trying';
      readonly phase: string;
      readonly gate: string;
      readonly name: string;
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly type: 'gate-ended';
      readonly phase: string;
      readonly gate: string;
      readonly name: string;
      readonly go: boolean;
      /** None of its nodes could be reached: neither GO nor STOP. */
      readonly unmeasured?: boolean;
      readonly summary: string;
      readonly findings: readonly Finding[];
    }
  | {
      readonly type: 'phase-ended';
      readonly phase: string;
      readonly outcome: PhaseOutcome;
      readonly changes: number;
      /** Given if the phase was meant to change something and did not end in GO. */
      readonly nodes?: PhaseNodes;
    }
  | {
      readonly type: 'run-ended';
      readonly exit: number;
      readonly changes: number;
      readonly errors: readonly ReportedError[];
      readonly ms: number;
    };

/** An event as it is written down: who, when, which run. */
export type StampedEvent = RunEvent & { readonly run: string; readonly at: string };

export type EventSink = (event: StampedEvent) => void;
