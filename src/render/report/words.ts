import type { PhaseNodes } from '../../runner/events/events.js';
import type { PhaseReport, Reason } from './run-report/types.js';

/** What each kind of reason is headed with. */
export const KIND_WORDS: Readonly<Record<Reason['kind'], string>> = {
  stop: 'STOP',
  failed: 'FAILED',
  'left-out': 'LEFT OUT',
  reverted: 'REVERTED',
  state: 'STATE',
  'under-way': 'UNDER WAY',
  guarded: 'STILL GUARDED',
  'next-boot': 'NEXT BOOT',
  note: 'NOTE',
};

/** How a phase ended. */
export const OUTCOME_WORDS: Readonly<Record<PhaseReport['outcome'], string>> = {
  go: 'GO',
  done: 'done',
  partial: 'PARTIAL',
  stop: 'STOP',
  failed: 'FAILED',
  planned: 'planned',
  'relied-on': 'relied on',
  'not-reached': 'not reached',
  unfinished: 'unfinished',
};

export function phaseMs({ startedAt, endedAt }: PhaseReport): number | undefined {
  return startedAt === undefined || endedAt === undefined
    ? undefined
    : Date.parse(endedAt) - Date.parse(startedAt);
}

/** How many changes of a phase were made: `2`, `1 of 2`, `0 of 2, 2 reverted`; of a plan, how many there are. Empty for none. */
export function changeCount({ steps }: PhaseReport, isPlan: boolean): string {
  const changes = steps.flatMap((step) => step.changes);
  if (changes.length === 0) return '';
  if (isPlan) return String(changes.length);
  const made = changes.filter((change) => change.made).length;
  const reverted = changes.filter((change) => change.reverted === true).length;
  const rest = reverted === 0 ? '' : `, ${reverted} reverted`;
  return made === changes.length ? String(made) : `${made} of ${changes.length}${rest}`;
}

/** How a phase left its nodes: what became of them, and which ones. */
export function leftRows({
  changed,
  reverted,
  untouched,
  unknown,
}: PhaseNodes): [what: string, nodes: string][] {
  const rows = [
    ['changed', changed],
    ['reverted', reverted],
    ['unchanged', untouched],
    ['unknown', unknown],
  ] as const;
  return rows.filter(([, nodes]) => nodes.length > 0).map(([what, nodes]) => [what, nodes.join(', ')]);
}
