import type { Playbook } from '../../playbook/types.js';
import { allErrors, type RunRecord } from '../../render/report/record.js';
import { gateNames } from './topics.js';

/** What to read about a run that is not GO: its first error, else the first gate that answered STOP; undefined for any other. */
export function topicOfRun(record: RunRecord, playbook: Playbook): string | undefined {
  const code = allErrors(record).find((error) => isWorthReading(error.code))?.code;
  const [stopped] = record.stopped;
  if (code !== undefined || stopped === undefined) return code;
  const gates = playbook.phases.find(({ name }) => name === stopped.phase)?.gates ?? [];
  const kind = gates.find(({ name }) => name === stopped.gate)?.kind;
  return kind !== undefined && gateNames().includes(kind) ? kind : undefined;
}

/** Not something that the user did, or that only the report can explain. */
export const isWorthReading = (code: string): boolean => code !== 'E_INTERRUPTED' && code !== 'E_BUG';
