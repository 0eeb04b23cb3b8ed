import type { ErrorCode } from '../../../core/errors.js';
import type { Finding } from '../../../layers/gate.js';
import type { Command } from '../../../runner/events/commands.js';
import type {
  PhaseNodes,
  PhaseOutcome,
  PlanFile,
  PlannedChange,
  ReportedError,
} from '../../../runner/events/events.js';
import type { Overview } from '../../../runner/events/overview.js';
import type { Shard } from '../../../runner/shards/shard.js';
import type { PairTable } from '../../pairs/collect.js';

export type Verdict =
  | 'GO'
  | 'STOP'
  | 'FAILED'
  | 'UNREACHABLE'
  | 'REVERTED'
  | 'LOCKED'
  | 'INTERRUPTED'
  /** An undo or unlock that succeeded: nothing was measured. */
  | 'DONE'
  /** A plan that could be made. */
  | 'PLAN'
  /** A plan that the user said no to: nothing was changed, and nothing measured. */
  | 'DECLINED'
  /** Its events end before the run did: it was killed, or is still running. */
  | 'UNFINISHED';

/** Whether a run was as it should be. */
export const isSuccess = (verdict: Verdict): boolean =>
  verdict === 'GO' || verdict === 'DONE' || verdict === 'PLAN';

/** A run as the written reports show it. Its JSON is the report of that format. */
export interface RunReport {
  /** Raised when a field is removed or changes its meaning. */
  readonly format: 1;
  readonly run: string;
  /** The runs of the shards that it was put together from. */
  readonly joined?: readonly string[];
  readonly command: Command;
  /** Of the program that ran. */
  readonly version?: string;
  readonly inventory: PlanFile;
  /** Absent if the command runs none. */
  readonly playbook?: PlanFile;
  readonly shard?: Shard & { readonly total: number };
  /** How many of the inventory's nodes it was about; absent if it was about all, or if an old journal doesn't say. */
  readonly scope?: { readonly nodes: number; readonly of: number };
  readonly startedAt: string;
  /** Of the last event, if the run did not end. */
  readonly endedAt: string;
  readonly ms: number;
  /** Absent if the run did not end. */
  readonly exit?: number;
  readonly verdict: Verdict;
  /** Phase and gate that a run that was not GO ended at. */
  readonly where?: string;
  /** The verdict's reasons in numbers: `12 gates GO, 2 changes made in 2.1 s`. */
  readonly summary: string;
  /** Why it was not GO, and what else a person should know, the most important first. */
  readonly reasons: readonly Reason[];
  readonly changes: { readonly planned: number; readonly made: number };
  /** What the planned changes disrupt, in words. */
  readonly disruption: string;
  readonly nodes: readonly NodeReport[];
  readonly phases: readonly PhaseReport[];
  /** What was measured from node to node. */
  readonly pairs: readonly PairTable[];
  readonly overview?: Overview;
}

export interface Reason {
  readonly kind:
    | 'stop'
    | 'failed'
    | 'left-out'
    | 'reverted'
    | 'state'
    | 'under-way'
    | 'guarded'
    | 'next-boot'
    | 'note';
  /** `verify / ping`, `wk-1 / tunnel` */
  readonly title: string;
  /** Those that it is about, as far as they are known. */
  readonly nodes: readonly string[];
  readonly code?: ErrorCode;
  readonly message: string;
  readonly fixes: readonly string[];
  readonly findings: readonly Finding[];
  /** What a program printed, or a list of what is meant. */
  readonly evidence: readonly string[];
}

export interface NodeReport {
  readonly name: string;
  /** For the login. */
  readonly connectedMs?: number;
  readonly readMs?: number;
  readonly error?: ReportedError;
  /** Whether the run went on without it. */
  readonly leftOut: boolean;
}

export interface PhaseReport {
  readonly name: string;
  readonly description?: string;
  /** `relied-on`: an earlier phase, only measured. `not-reached`: the run ended before it. */
  readonly outcome: PhaseOutcome | 'relied-on' | 'not-reached' | 'unfinished';
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly steps: readonly StepReport[];
  readonly gates: readonly GateReport[];
  /** Names of gates that the phase has and that were not measured. */
  readonly unmeasured: readonly string[];
  /** How a phase that was not GO left its nodes. */
  readonly left?: PhaseNodes;
}

/** One step on one node. */
export interface StepReport {
  readonly step: string;
  readonly name: string;
  readonly node: string;
  /** `unfinished`: some of its changes were made, one was started, or not everything could be reverted. */
  readonly state: 'satisfied' | 'skipped' | 'planned' | 'changed' | 'unfinished' | 'reverted' | 'failed';
  /** Why it was skipped. */
  readonly skipped?: string;
  readonly changes: readonly ChangeReport[];
  readonly error?: ReportedError;
}

export interface ChangeReport extends PlannedChange {
  /** Made, and not reverted as far as is known. */
  readonly made: boolean;
  readonly reverted?: true;
  readonly ms?: number;
  /** What the node says it did. */
  readonly items?: readonly string[];
}

export interface GateReport {
  readonly name: string;
  readonly answer: 'GO' | 'STOP' | 'unmeasured';
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly ms?: number;
}
