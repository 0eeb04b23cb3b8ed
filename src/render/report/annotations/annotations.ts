import { count } from '../../../core/text.js';
import type { Finding } from '../../../layers/gate.js';
import { changesByNode } from '../changes.js';
import { isSuccess, type Reason, type RunReport } from '../run-report/types.js';
import { KIND_WORDS } from '../words.js';

/** Where the nodes are in the inventory's file, which is named as the repository has it. */
export interface Places {
  readonly file: string;
  readonly nodes: ReadonlyMap<string, { readonly line: number; readonly column: number }>;
}

/** Something to show beside a file of the user's. Lines and columns count from 1. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Services cut off what is much longer. */
const LONGEST = 4000;
const EVIDENCE_LINES = 20;

const LEVELS: Readonly<Record<Reason['kind'], Annotation['level'] | undefined>> = {
  stop: 'error',
  failed: 'error',
  'left-out': 'error',
  reverted: 'error',
  'under-way': 'warning',
  guarded: 'warning',
  'next-boot': 'warning',
  note: 'notice',
  // The verdict and its reasons already say it.
  state: undefined,
};

/** Each reason of a run, and what a plan would change, at its node in the inventory. A run that was not GO has at least one error. */
export function annotationsOf(report: RunReport, places: Places | undefined): Annotation[] {
  const { command, verdict, summary } = report;
  const reasons = report.reasons.flatMap((reason) => ofReason(reason, places));
  const isGo = isSuccess(verdict) || verdict === 'DECLINED';
  const why: Annotation[] =
    isGo || reasons.some(({ level }) => level === 'error')
      ? []
      : [{ level: 'error', title: verdict, message: summary }];
  return [...why, ...reasons, ...(command === 'plan' ? plannedOn(report, places) : [])];
}

/** One for each node that it is about; one without a place if that isn't known. */
function ofReason(reason: Reason, places: Places | undefined): Annotation[] {
  const level = LEVELS[reason.kind];
  if (level === undefined) return [];
  const title = `${KIND_WORDS[reason.kind]}: ${reason.title}`;
  const nodes = reason.nodes.length === 0 ? [undefined] : reason.nodes;
  return nodes.map((node) => ({
    level,
    title,
    message: shortened(messageOn(node, reason)),
    ...placeOn(node, places),
  }));
}

function messageOn(node: string | undefined, { message, findings, evidence, fixes }: Reason): string {
  const own = findings.filter((finding) => finding.node === node);
  const found = own.flatMap((finding, index) => findingLines(finding, own[index - 1]));
  const ownFixes = own.length === 0 ? fixes : [...new Set(own.flatMap(({ fix }) => fix ?? []))];
  const lines = evidence.flatMap((text) => text.split('\n'));
  const more = lines.length - EVIDENCE_LINES;
  return [
    message,
    ...found,
    ...lines.slice(0, EVIDENCE_LINES),
    ...(more > 0 ? [`and ${count(more, 'more line', 'more lines')}`] : []),
    ...ownFixes.map((fix) => `fix: ${fix}`),
  ].join('\n');
}

/** What was expected is left out if it was the same before. */
function findingLines({ node, peer, expected, seen }: Finding, before: Finding | undefined): string[] {
  const where = peer === undefined ? node : `${node} -> ${peer}`;
  return before?.expected === expected
    ? [`${where}: ${seen}`]
    : [`${where}: ${seen}`, `  expected: ${expected}`];
}

function plannedOn(report: RunReport, places: Places | undefined): Annotation[] {
  return [...changesByNode(report)].map(([node, summaries]) => ({
    level: 'notice',
    title: `${node}: ${count(summaries.length, 'change')} planned`,
    message: shortened(summaries.join('\n')),
    ...placeOn(node, places),
  }));
}

function placeOn(
  node: string | undefined,
  places: Places | undefined,
): Pick<Annotation, 'file' | 'line' | 'column'> {
  if (places === undefined) return {};
  return { file: places.file, ...(node === undefined ? {} : places.nodes.get(node)) };
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= LONGEST ? text : `${characters.slice(0, LONGEST - 1).join('')}…`;
}
