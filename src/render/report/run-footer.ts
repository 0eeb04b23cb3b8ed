import { pairsText } from '../pairs/pairs-text.js';
import { planText } from '../plan/plan-text.js';
import { allErrors, type RunRecord } from './record.js';
import { stopReport } from './stop-report.js';
import { type SummaryOptions, summary } from './summary.js';

/** The end of a run's output: its plan, why it stopped, who reaches whom, and its last lines. */
export function endingText(record: RunRecord, options: SummaryOptions): string {
  const isPlan = record.started?.command === 'plan';
  const report = stopReport(record, options.paint);
  const plan = isPlan ? planText(record, options.paint) : '';
  const pairs = isPlan ? '' : pairsText(record, options.width, options.paint);
  const last = isPlan && allErrors(record).length === 0 ? '' : summary(record, options);
  return [plan, report, pairs, last].filter((part) => part !== '').join('\n');
}
