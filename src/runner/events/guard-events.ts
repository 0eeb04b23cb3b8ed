import type { GuardReport } from '../../guard/index.js';
import { sanitize } from '../../remote/sanitize.js';
import type { RunContext } from '../context.js';

const LINE_LENGTH = 200;
const LINES = 40;

export interface Reverted {
  readonly node: string;
  readonly phase: string;
  readonly by: 'node' | 'run';
  /** Id of the earlier run whose changes they were. */
  readonly earlier?: string;
  readonly report: Pick<GuardReport, 'reverted' | 'failed'>;
}

/** Emits what was reverted, fit for a terminal. */
export function emitReverted({ emit }: Pick<RunContext, 'emit'>, reverted: Reverted): void {
  const { node, phase, by, earlier, report } = reverted;
  const clean = (lines: readonly string[]) => [
    ...lines.slice(0, LINES).map((line) => sanitize(line, LINE_LENGTH)),
    ...(lines.length > LINES ? [`and ${lines.length - LINES} more`] : []),
  ];
  emit({
    type: 'guard-reverted',
    node,
    phase,
    by,
    ...(earlier === undefined ? {} : { earlier }),
    reverted: clean(report.reverted),
    failed: clean(report.failed),
  });
}
