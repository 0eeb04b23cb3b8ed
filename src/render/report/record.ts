import { type ErrorCode, EXIT } from '../../core/errors.js';
import type { Finding } from '../../layers/gate.js';
import type {
  PhaseNodes,
  PhaseOutcome,
  PlannedChange,
  ReportedError,
  RunEvent,
} from '../../runner/events/events.js';
import { type EventOf, type EventTable, readEvent } from '../event-table.js';

export interface RecordedStep {
  readonly phase: string;
  readonly step: string;
  readonly name: string;
  readonly node: string;
  readonly changes: readonly PlannedChange[];
}

export interface StoppedGate {
  readonly phase: string;
  /** The gate's name, or its id when only that is known. */
  readonly gate: string;
  readonly reliedOn: boolean;
  readonly summary: string;
  readonly findings: readonly Finding[];
}

export interface NotedGate {
  readonly phase: string;
  readonly gate: string;
  readonly findings: readonly Finding[];
}

/** What a run has reported so far, in the form that reports need. Lists of what befell nodes are in the order of the run's nodes. */
export interface RunRecord {
  started: EventOf<'run-started'> | undefined;
  ended: EventOf<'run-ended'> | undefined;
  readonly planned: Map<string, RecordedStep>;
  readonly reliedOn: EventOf<'relied-on'>[];
  /** Nodes that the run left out. */
  readonly leftOut: EventOf<'node-left-out'>[];
  readonly unmeasured: EventOf<'gate-ended'>[];
  readonly phases: Map<string, PhaseOutcome>;
  readonly stopped: StoppedGate[];
  /** Gates with findings that are shown without a STOP. */
  readonly noted: NotedGate[];
  readonly errors: ReportedError[];
  readonly proved: EventOf<'gate-ended'>[];
  readonly reverted: EventOf<'guard-reverted'>[];
  readonly unproven: EventOf<'boot-unproven'>[];
  /** The phase that a node's guard is armed for, by node. */
  readonly armed: Map<string, string>;
  /** The change that was started on a node and hasn't finished, by node. */
  readonly underWay: Map<string, string>;
  /** How a phase that was not GO left its nodes. */
  readonly left: Map<string, PhaseNodes>;
}

export function createRecord(): RunRecord {
  return {
    started: undefined,
    ended: undefined,
    planned: new Map(),
    reliedOn: [],
    leftOut: [],
    unmeasured: [],
    phases: new Map(),
    stopped: [],
    noted: [],
    errors: [],
    proved: [],
    reverted: [],
    unproven: [],
    armed: new Map(),
    underWay: new Map(),
    left: new Map(),
  };
}

/** Adds one event to the record. */
export function recordEvent(record: RunRecord, event: RunEvent): void {
  readEvent(tableFor(record), event);
}

function tableFor(record: RunRecord): EventTable<void> {
  const nothing = () => {};
  return {
    'run-started': (event) => {
      record.started = event;
    },
    'lock-taken': nothing,
    'lock-waiting': nothing,
    'lock-waited': nothing,
    'lock-left': nothing,
    'guard-armed': ({ phase, node }) => {
      record.armed.set(node, phase);
    },
    'guard-confirmed': ({ node }) => {
      record.armed.delete(node);
    },
    'boot-unproven': (event) => {
      insert(record, record.unproven, event);
    },
    'guard-waiting': nothing,
    'guard-reverted': (event) => {
      if (event.earlier === undefined) {
        record.armed.delete(event.node);
        record.underWay.delete(event.node);
      }
      insert(record, record.reverted, event);
    },
    'node-connecting': nothing,
    'node-connected': nothing,
    'node-probed': nothing,
    'node-left-out': (event) => {
      insert(record, record.leftOut, event);
    },
    'node-failed': ({ node, error }) => {
      record.errors.push({ ...error, node: error.node ?? node });
    },
    'shard-waiting': nothing,
    'relied-on': (event) => {
      record.reliedOn.push(event);
      note(record, event.phase, event.gate, event.findings);
      if (!event.go) record.stopped.push({ ...event, reliedOn: true });
    },
    'program-moving': nothing,
    'phase-started': nothing,
    'step-planned': (event) => {
      record.planned.set(`${event.phase} ${event.step} ${event.node}`, event);
    },
    'change-started': ({ node, phase, summary }) => {
      record.underWay.set(node, `${phase}: ${summary}`);
    },
    'change-done': ({ node }) => {
      record.underWay.delete(node);
    },
    'step-failed': ({ node, phase, step, error }) => {
      // An interrupted change may continue on its node; any other failure has ended it.
      if (error.code !== 'E_INTERRUPTED') record.underWay.delete(node);
      record.errors.push({
        ...error,
        node: error.node ?? node,
        phase: error.phase ?? phase,
        step: record.planned.get(`${phase} ${step} ${node}`)?.name ?? error.step ?? step,
      });
    },
    'gate-started': nothing,
    'gate-trying': nothing,
    'gate-ended': (event) => {
      note(record, event.phase, event.name, event.findings);
      if (event.unmeasured) record.unmeasured.push(event);
      else if (event.go) record.proved.push(event);
      else record.stopped.push({ ...event, gate: event.name, reliedOn: false });
    },
    'phase-ended': ({ phase, outcome, nodes }) => {
      record.phases.set(phase, outcome);
      if (nodes !== undefined) record.left.set(phase, nodes);
    },
    'run-ended': (event) => {
      record.ended = event;
    },
  };
}

function insert<Event extends { readonly node: string }>(
  record: RunRecord,
  list: Event[],
  event: Event,
): void {
  list.splice(0, list.length, ...inNodeOrder(record, [...list, event], ({ node }) => node));
}

/** In the order of the run's nodes, not that in which they answered, which differs from run to run. What is about none of them comes last. */
export function inNodeOrder<T>(
  { started }: RunRecord,
  items: Iterable<T>,
  nodeOf: (item: T) => string | undefined,
): T[] {
  const ranks = new Map<string | undefined, number>(started?.nodes.map((node, rank) => [node, rank]));
  const rankOf = (item: T): number => ranks.get(nodeOf(item)) ?? ranks.size;
  return [...items].sort((a, b) => rankOf(a) - rankOf(b));
}

function note(record: RunRecord, phase: string, gate: string, all: readonly Finding[]): void {
  const findings = all.filter(({ noted }) => noted === true);
  if (findings.length > 0) record.noted.push({ phase, gate, findings });
}

/** Every error once: those reported as they happened and those reported at the end. */
export function allErrors(record: RunRecord): ReportedError[] {
  const seen = new Map<string, ReportedError>();
  for (const error of [...record.errors, ...(record.ended?.errors ?? [])]) {
    const key = JSON.stringify([error.code, error.node, error.message]);
    if (!seen.has(key)) seen.set(key, error);
  }
  return inNodeOrder(record, seen.values(), ({ node }) => node);
}

/** Whether all was GO except for nodes that were left out. */
export function isPartialGo(record: RunRecord): boolean {
  return record.ended?.exit === EXIT.unreachable && allErrors(record).length === 0;
}

/** Errors of a machine that is down, as opposed to one that answers and refuses. */
const AWAY: ReadonlySet<string> = new Set<ErrorCode>([
  'E_SSH_REFUSED',
  'E_SSH_TIMEOUT',
  'E_SSH_UNREACHABLE',
  'E_SSH_UNRESOLVED',
]);

/** Nodes that did not answer, whether they were left out or ended the run. */
export function unreachedIn(record: RunRecord): string[] {
  const failed = allErrors(record).flatMap(({ code, node }) =>
    AWAY.has(code) && node !== undefined ? [node] : [],
  );
  return [...new Set([...failed, ...record.leftOut.map(({ node }) => node)])];
}

/** The steps that have changes to make, in the order in which they were reported. */
export function stepsToChange(record: RunRecord): RecordedStep[] {
  return [...record.planned.values()].filter((step) => step.changes.length > 0);
}
