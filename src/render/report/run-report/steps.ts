import type { RunEvent, StampedEvent } from '../../../runner/events/events.js';
import type { EventOf } from '../../event-table.js';
import { Reverts } from './reverts.js';
import type { ChangeReport, StepReport } from './types.js';

interface DraftChange extends ChangeReport {
  /** The number of the event that said it was made. */
  readonly done?: number;
}

interface Draft {
  readonly planned: EventOf<'step-planned'>;
  changes: DraftChange[];
  /** The number of the event with which its last change was started. */
  begun?: number;
  /** Whether what was started was reverted. */
  reverted?: 'completely' | 'partly';
  error?: EventOf<'step-failed'>['error'];
}

type StepEvent = Extract<RunEvent, { step: string }>;

const keyOf = ({ phase, step, node }: StepEvent): string => JSON.stringify([phase, step, node]);

/** Each step on each node, by phase, in the order in which they were planned. */
export function stepsByPhase(events: readonly StampedEvent[]): Map<string, StepReport[]> {
  const drafts = new Map<string, Draft>();
  const reverts = new Reverts();
  events.forEach((event, number) => {
    if (event.type === 'guard-reverted') {
      if (event.earlier !== undefined) return;
      revert(drafts, event, reverts.since(event));
    } else {
      read(drafts, event, number);
    }
    reverts.read(event, number);
  });
  const phases = new Map<string, StepReport[]>();
  for (const draft of drafts.values()) {
    const { phase } = draft.planned;
    phases.set(phase, [...(phases.get(phase) ?? []), reportOf(draft)]);
  }
  return phases;
}

/** If not everything could be reverted, nobody knows which changes are left: they stay reported as made. */
function revert(
  drafts: ReadonlyMap<string, Draft>,
  { phase, node, failed }: EventOf<'guard-reverted'>,
  since: number,
): void {
  for (const draft of drafts.values()) {
    const { planned, begun = -1, changes } = draft;
    const isConcerned = planned.phase === phase && planned.node === node && begun > since;
    if (!isConcerned || changes.every(({ stays }) => stays === true)) continue;
    if (failed.length > 0) draft.reverted = 'partly';
    else {
      draft.reverted ??= 'completely';
      draft.changes = changes.map((change) => revertedSince(change, since));
    }
  }
}

function revertedSince(change: DraftChange, since: number): DraftChange {
  const { made, done = -1, stays } = change;
  return made && done > since && stays !== true ? { ...change, made: false, reverted: true } : change;
}

function read(drafts: Map<string, Draft>, event: RunEvent, number: number): void {
  if (!('step' in event)) return;
  const draft = drafts.get(keyOf(event)) ?? emptyDraft(event);
  drafts.set(keyOf(event), draft);
  if (event.type === 'step-planned') {
    // A second plan comes after a round of changes, and has only what is left.
    const kept = draft.changes.filter(({ made }) => made);
    const changes = [...kept, ...event.changes.map((change) => ({ ...change, made: false }))];
    drafts.set(keyOf(event), { ...draft, planned: event, changes });
  } else if (event.type === 'change-started') draft.begun = number;
  else if (event.type === 'change-done') draft.changes = withMade(draft.changes, event, number);
  else draft.error = event.error;
}

/** Of a step that reports something before, or without, its plan. */
function emptyDraft({ phase, step, node }: StepEvent): Draft {
  const planned = { type: 'step-planned', phase, step, name: step, node, changes: [] } as const;
  return { planned, changes: [] };
}

function withMade(
  changes: readonly DraftChange[],
  { summary, ms, items }: EventOf<'change-done'>,
  done: number,
): DraftChange[] {
  const made = { made: true, ms, done, ...(items && { items }) };
  const at = changes.findIndex((change) => change.summary === summary && !change.made);
  if (at < 0) return [...changes, { summary, disruption: { level: 'none' }, ...made }];
  return changes.map((change, index) => (index === at ? { ...change, ...made } : change));
}

function reportOf(draft: Draft): StepReport {
  const { planned, error } = draft;
  const { step, name, node, skipped } = planned;
  return {
    step,
    name,
    node,
    state: stateOf(draft),
    ...(skipped === undefined ? {} : { skipped }),
    changes: draft.changes.map(({ done: _, ...change }) => change),
    ...(error === undefined ? {} : { error }),
  };
}

function stateOf({ planned, changes, begun, reverted, error }: Draft): StepReport['state'] {
  if (error !== undefined) return 'failed';
  if (planned.skipped !== undefined) return 'skipped';
  if (changes.length === 0) return 'satisfied';
  if (reverted === 'completely' && !changes.some(({ made }) => made)) return 'reverted';
  if (reverted !== 'partly' && changes.every(({ made }) => made)) return 'changed';
  return begun === undefined ? 'planned' : 'unfinished';
}
