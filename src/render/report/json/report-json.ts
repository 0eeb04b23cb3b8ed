import { jsonText } from '../../json-text.js';
import type { RunReport } from '../run-report/types.js';

/**
 * The report for programs: one JSON object, as schemas/report.schema.json describes it, with a line for each of its fields.
 * The lists in it are not indented: those of a large mesh would be longer than a string can be.
 */
export function reportJson(report: RunReport): string {
  const fields = Object.entries(report).filter(([, value]) => value !== undefined);
  return `{\n${fields.map(([name, value]) => `  ${jsonText(name)}: ${jsonText(value)}`).join(',\n')}\n}\n`;
}
