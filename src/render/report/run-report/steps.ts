import type { RunEvent, StampedEvent } from '../../../runner/events/events.js';
import type { EventOf } from '../../event-table.js';
import type { ChangeReport, StepReport } from './types.js';

interface Draft {
  readonly planned: EventOf<'step-planned'>;
  changes: ChangeReport[];
  /** Whether a change was started. */
  begun: boolean;
  reverted: boolean;
  error?: EventOf<'step-failed'>['error'];
}

type StepEvent = Extract<RunEvent, { step: string }>;

const keyOf = ({ phase, step, node }: StepEvent): string => JSON.stringify([phase, step, node]);

/** Each step on each node, by phase, in the order in which they were planned. */
export function stepsByPhase(events: readonly StampedEvent[]): Map<string, StepReport[]> {
  const drafts = new Map<string, Draft>();
  for (const event of events) read(drafts, event);
  const phases = new Map<string, StepReport[]>();
  for (const draft of drafts.values()) {
    const { phase } = draft.planned;
    phases.set(phase, [...(phases.get(phase) ?? []), reportOf(draft)]);
  }
  return phases;
}

function read(drafts: Map<string, Draft>, event: RunEvent): void {
  if (event.type === 'guard-reverted' && event.earlier === undefined) {
    for (const draft of drafts.values()) {
      if (draft.planned.phase === event.phase && draft.planned.node === event.node) draft.reverted = true;
    }
    return;
  }
  if (!('step' in event)) return;
  const draft = drafts.get(keyOf(event)) ?? emptyDraft(event);
  drafts.set(keyOf(event), draft);
  if (event.type === 'step-planned') {
    // A second plan comes after a round of changes, and has only what is left.
    const kept = draft.changes.filter(({ made }) => made);
    const changes = [...kept, ...event.changes.map((change) => ({ ...change, made: false }))];
    drafts.set(keyOf(event), { ...draft, planned: event, changes });
  } else if (event.type === 'change-started') draft.begun = true;
  else if (event.type === 'change-done') draft.changes = withMade(draft.changes, event);
  else draft.error = event.error;
}

/** Of a step that reports something before, or without, its plan. */
function emptyDraft({ phase, step, node }: StepEvent): Draft {
  const planned = { type: 'step-planned', phase, step, name: step, node, changes: [] } as const;
  return { planned, changes: [], begun: false, reverted: false };
}

function withMade(changes: readonly ChangeReport[], { summary, ms }: EventOf<'change-done'>): ChangeReport[] {
  const at = changes.findIndex((change) => change.summary === summary && !change.made);
  if (at < 0) return [...changes, { summary, disruption: { level: 'none' }, made: true, ms }];
  return changes.map((change, index) => (index === at ? { ...change, made: true, ms } : change));
}

function reportOf(draft: Draft): StepReport {
  const { planned, error, reverted } = draft;
  const { step, name, node, skipped } = planned;
  return {
    step,
    name,
    node,
    state: stateOf(draft),
    ...(skipped === undefined ? {} : { skipped }),
    changes: reverted ? draft.changes.map(revertedChange) : draft.changes,
    ...(error === undefined ? {} : { error }),
  };
}

const revertedChange = (change: ChangeReport): ChangeReport =>
  change.made ? { ...change, made: false, reverted: true } : change;

function stateOf({ planned, changes, begun, reverted, error }: Draft): StepReport['state'] {
  if (error !== undefined) return 'failed';
  if (planned.skipped !== undefined) return 'skipped';
  if (changes.length === 0) return 'satisfied';
  if (reverted) return 'reverted';
  if (changes.every(({ made }) => made)) return 'changed';
  return begun ? 'unfinished' : 'planned';
}
