import { createHash } from 'node:crypto';
import type { Problem } from '../../../core/errors.js';
import { type Annotation, annotationsOf, type Places } from '../annotations/annotations.js';
import { annotationsOfProblems } from '../annotations/problems.js';
import type { RunReport } from '../run-report/types.js';

const SEVERITIES: Readonly<Record<Annotation['level'], string>> = {
  error: 'critical',
  warning: 'minor',
  notice: 'info',
};

/** The report as GitLab's Code Quality, which a merge request shows beside the inventory's lines: a list of what to show. */
export const gitlabReport = (report: RunReport, places?: Places): string =>
  codeQuality(annotationsOf(report, places), report.inventory.file);

/** The same of what is wrong in the user's files, for which there is no run. */
export const gitlabProblems = (problems: readonly Problem[]): string =>
  codeQuality(annotationsOfProblems(problems), '');

/** GitLab refuses an entry without a path and a line. */
function codeQuality(annotations: readonly Annotation[], inventory: string): string {
  const entries = annotations.map(({ level, title, message, file = inventory, line = 1 }) =>
    JSON.stringify({
      check_name: `bridgehead: ${title}`,
      description: `${title}: ${message}`,
      severity: SEVERITIES[level],
      fingerprint: createHash('sha256')
        .update(JSON.stringify([level, title, file, message]))
        .digest('hex'),
      location: { path: file, lines: { begin: line } },
    }),
  );
  return `[${entries.map((entry) => `\n  ${entry}`).join(',')}\n]\n`;
}
