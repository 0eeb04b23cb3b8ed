import { pairsText } from '../pairs/pairs-text.js';
import { planText } from '../plan/plan-text.js';
import { wrapReport } from '../text.js';
import { allErrors, type RunRecord } from './record.js';
import { stopReport } from './stop-report.js';
import { evidenceText, type SummaryOptions, summary } from './summary.js';

export interface EndingOptions extends Omit<SummaryOptions, 'width'> {
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether sentences are wrapped: for a terminal, not for a log. Commands and paths never are. */
  readonly wrapsProse?: boolean | undefined;
  /** Whether a plan shows every line of every change. */
  readonly full?: boolean | undefined;
  /** Whether to print each gate's evidence, which the terminal no longer shows. */
  readonly evidence: boolean;
  /** A drawing to show before the outcome. */
  readonly picture?: string | undefined;
}

/** The end of a run's output: its plan, why it stopped, the gates' answers, who reaches whom, and its last lines. */
export function endingText(record: RunRecord, options: EndingOptions): string {
  const { paint, width, wrapsProse, evidence, picture = '' } = options;
  const room = wrapsProse === true ? width : Number.POSITIVE_INFINITY;
  const isPlan = record.started?.command === 'plan';
  const last = isPlan && allErrors(record).length === 0 ? '' : summary(record, { ...options, width: room });
  const parts = [
    isPlan ? planText(record, { paint, width, full: options.full === true }) : '',
    wrapReport(stopReport(record, paint), room),
    evidence && last !== '' ? evidenceText(record, paint, room) : '',
    isPlan ? '' : pairsText(record, width, paint),
    picture,
    last,
  ];
  return parts.filter((part) => part !== '').join('\n');
}
