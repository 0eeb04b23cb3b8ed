import type { ErrorCode } from '../errors.js';
import type { Finding } from '../gates/types.js';
import type { Disruption } from '../steps/types.js';

export type Command = 'plan' | 'apply' | 'check';

export interface PlannedChange {
  readonly summary: string;
  readonly disruption: Disruption;
  readonly diff?: string;
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

export type PhaseOutcome = 'go' | 'stop' | 'failed' | 'planned';

/** Everything that a run tells; the task tree, the JSON lines, the journal and the reports all read this one stream. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly command: Command;
      readonly inventory: { readonly file: string; readonly name: string };
      readonly playbook: { readonly file: string; readonly name: string };
      /** Nodes that may be changed or measured. */
      readonly nodes: readonly string[];
      /** The phases selected, in order, with what each holds. */
      readonly phases: readonly {
        readonly name: string;
        readonly description?: string | undefined;
        readonly steps: readonly string[];
        readonly gates: readonly string[];
      }[];
    }
  | { readonly type: 'node-connecting'; readonly node: string }
  | { readonly type: 'node-connected'; readonly node: string; readonly ms: number }
  | { readonly type: 'node-probed'; readonly node: string; readonly ms: number }
  | { readonly type: 'node-failed'; readonly node: string; readonly error: ReportedError }
  /** An earlier phase that was not selected, measured because the selected ones stand on it. */
  | {
      readonly type: 'relied-on';
      readonly phase: string;
      readonly gate: string;
      readonly go: boolean;
      readonly summary: string;
      readonly findings: readonly Finding[];
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
    }
  | {
      readonly type: 'step-failed';
      readonly phase: string;
      readonly step: string;
      readonly node: string;
      readonly error: ReportedError;
    }
  | { readonly type: 'gate-started'; readonly phase: string; readonly gate: string; readonly name: string }
  | {
      readonly type: 'gate-ended';
      readonly phase: string;
      readonly gate: string;
      readonly name: string;
      readonly go: boolean;
      readonly summary: string;
      readonly findings: readonly Finding[];
    }
  | {
      readonly type: 'phase-ended';
      readonly phase: string;
      readonly outcome: PhaseOutcome;
      readonly changes: number;
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
