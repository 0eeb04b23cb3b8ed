import { jsonText } from '../../json-text.js';
import type { RunReport } from '../run-report/types.js';

/** The report for programs: one JSON object, as schemas/report.schema.json describes it. */
export function reportJson(report: RunReport): string {
  return `${jsonText(report, 2)}\n`;
}
