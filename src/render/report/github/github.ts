import type { Problem } from '../../../core/errors.js';
import { type Annotation, annotationsOf, type Places } from '../annotations/annotations.js';
import { annotationsOfProblems } from '../annotations/problems.js';
import type { RunReport } from '../run-report/types.js';
import { scopeText } from '../scope-text.js';
import { workflowCommand } from './command.js';

/** GitHub shows no more of each level for one step of a job. */
const MOST = 10;

/** The report as workflow commands, which a step prints to have GitHub show them beside the inventory. */
export function githubReport(report: RunReport, places?: Places): string {
  const { command, inventory, verdict, where, summary } = report;
  const place = where === undefined ? '' : ` at ${where}`;
  const head = `bridgehead ${command} of ${inventory.name}: ${verdict}${place}${scopeText(report)}: ${summary}`;
  return [workflowCommand('debug', head), ...lines(annotationsOf(report, places))].join('');
}

/** The same of what is wrong in the user's files, for which there is no run. */
export function githubProblems(problems: readonly Problem[]): string {
  const head = workflowCommand('debug', 'bridgehead: bad input');
  return [head, ...lines(annotationsOfProblems(problems))].join('');
}

/** Of more than ten of a level the tenth counts the rest. */
function lines(annotations: readonly Annotation[]): string[] {
  return (['error', 'warning', 'notice'] as const).flatMap((level) => {
    const all = annotations.filter((annotation) => annotation.level === level);
    const shown = all.length > MOST ? all.slice(0, MOST - 1) : all;
    const more = all.length - shown.length;
    return [
      ...shown.map(({ message, ...properties }) => workflowCommand(level, message, properties)),
      ...(more === 0 ? [] : [workflowCommand(level, `and ${more} more; the report has all of them`)]),
    ];
  });
}
