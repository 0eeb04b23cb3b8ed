import { EXIT } from '../../core/errors.js';
import { isChanging } from '../../runner/events/commands.js';
import { type RunRecord, stepsToChange } from './record.js';

/** Whether the user was asked and said no: a run that had changes to make ends without an error, and without a phase. */
export function isDeclined(record: RunRecord): boolean {
  const { started, ended, phases } = record;
  return (
    started !== undefined &&
    isChanging(started.command) &&
    ended?.exit === EXIT.go &&
    phases.size === 0 &&
    ended.changes === 0 &&
    stepsToChange(record).length > 0
  );
}
