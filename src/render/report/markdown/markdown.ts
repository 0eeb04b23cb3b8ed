import { changesOf } from '../changes.js';
import type { PhaseReport, RunReport } from '../run-report/types.js';
import { code, prose } from './code.js';
import { pairsSection } from './pairs.js';
import { reasonSections } from './reasons.js';
import { changesSection, gatesSection, phasesSection, verdictSection } from './sections.js';

/** GitHub refuses a comment of more than 65,536 characters, GitLab a far longer one. In bytes, to be below both. */
const MOST_BYTES = 65_000;

/** What may be left out of a page that is too long, from the first to the last. */
interface Left {
  /** Diffs, by their text. */
  readonly diffs: ReadonlySet<string>;
  readonly changes: boolean;
  readonly pairs: boolean;
  readonly gates: boolean;
}

/**
 * The report for the summary of a job or a comment on a pull request: the verdict first. Of one that would be longer than
 * 65,000 bytes the longest diffs are left out, and then whatever is least needed; it says what.
 */
export function markdownReport(report: RunReport): string {
  let left: Left = { diffs: new Set(), changes: false, pairs: false, gates: false };
  const longestFirst = diffsOf(report).toSorted((a, b) => bytes(b) - bytes(a));
  let page = pageOf(report, left);
  let next = 0;
  while (bytes(page) > MOST_BYTES && next < longestFirst.length) {
    let excess = bytes(page) - MOST_BYTES;
    const diffs = new Set(left.diffs);
    while (excess > 0 && next < longestFirst.length) {
      const diff = longestFirst[next++] ?? '';
      diffs.add(diff);
      excess -= bytes(diff);
    }
    left = { ...left, diffs };
    page = pageOf(report, left);
  }
  for (const part of ['changes', 'pairs', 'gates'] as const) {
    if (bytes(page) <= MOST_BYTES) return page;
    left = { ...left, [part]: true };
    page = pageOf(report, left);
  }
  return bytes(page) <= MOST_BYTES ? page : cut(sectionsOf(report, left));
}

const bytes = (text: string): number => Buffer.byteLength(text);

const diffsOf = ({ phases }: RunReport): string[] => [
  ...new Set(phases.flatMap((phase) => changesOf(phase).flatMap(({ change }) => change.diff ?? []))),
];

const hasChanges = ({ steps }: PhaseReport): boolean => steps.some(({ changes }) => changes.length > 0);

const pageOf = (report: RunReport, left: Left): string => `${sectionsOf(report, left).join('\n\n')}\n`;

function sectionsOf(report: RunReport, left: Left): string[] {
  const { run, version, startedAt, playbook, changes, disruption } = report;
  const sections = [
    verdictSection(report),
    leftText(left),
    ...reasonSections(report),
    ...(report.command === 'plan' && changes.planned > 0 ? [`**Disruption:** ${prose(disruption)}`] : []),
    phasesSection(report),
    ...(left.changes
      ? []
      : report.phases.filter(hasChanges).map((phase) => changesSection(phase, left.diffs))),
    left.gates ? '' : gatesSection(report),
    left.pairs ? '' : pairsSection(report),
    `run ${code(run)}, started ${code(startedAt)}${playbook === undefined ? '' : `, playbook ${code(playbook.name)}`}${version === undefined ? '' : `, Bridgehead ${code(version)}`}`,
  ];
  return sections.filter((section) => section !== '');
}

function leftText({ diffs, changes, pairs, gates }: Left): string {
  const what = [
    ...(changes ? ['the list of changes'] : longestText(diffs.size)),
    ...(pairs ? ['the pairs'] : []),
    ...(gates ? ['the gates'] : []),
  ];
  if (what.length === 0) return '';
  const listed = what.join(', ').replace(/, ([^,]*)$/, ' and $1');
  return `> Left out to keep this short: ${listed}. The HTML report has everything.`;
}

function longestText(diffs: number): string[] {
  if (diffs === 0) return [];
  return [diffs === 1 ? 'the longest diff' : `the ${diffs} longest diffs`];
}

/** As many of the first sections as there is room for. */
function cut(sections: readonly string[]): string {
  const end = '> The rest is left out; the HTML report has everything.\n';
  let size = bytes(end);
  const fitting = sections.findIndex((section) => {
    size += bytes(section) + 2;
    return size > MOST_BYTES;
  });
  return [...sections.slice(0, fitting), end].join('\n\n');
}
