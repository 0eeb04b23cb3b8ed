import stringWidth from 'fast-string-width';
import { EXIT } from '../../core/errors.js';
import { count } from '../../core/text.js';
import type { Paint } from '../colour.js';
import { nodeList } from '../node-list.js';
import { allErrors, type RunRecord, stepsToChange } from '../report/record.js';
import { indent } from '../table.js';
import { wrapWords } from '../text.js';
import { diffLines } from './diff-text.js';
import { disruptionOf, disruptionText } from './disruption.js';
import { groupChanges, type NodeGroup, type SharedChange } from './groups.js';
import { retirementWarnings } from './retired.js';
import type { PlanView } from './view.js';

export interface PlanOptions {
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether to show every line of every change. */
  readonly full: boolean;
  /** A node that leaves all networks: it needs no warning. */
  readonly leaving?: string | undefined;
}

/**
 * The plan for people: which networks it retires; the changes by phase, once for all nodes that have the same; then what it
 * disrupts. Ends with a newline.
 */
export function planText(record: RunRecord, { paint, width, full, leaving }: PlanOptions): string {
  const steps = stepsToChange(record);
  const hint = record.started?.command === 'plan' ? 'plan --full shows them' : '--full shows them';
  const view: PlanView = { paint, width, full, hint };
  const { phases = [], nodes = [] } = record.started ?? {};
  const sections = phases
    .map(({ name }) => ({ name, steps: steps.filter(({ phase }) => phase === name) }))
    .filter((phase) => phase.steps.length > 0)
    .map((phase) =>
      [
        paint.strong(phase.name),
        ...groupChanges(phase.steps).map((group) => groupText(group, nodes, view)),
        '',
      ].join('\n'),
    );
  return [
    ...retirementWarnings(record, paint, leaving).map((text) => `${wrapWords(text, width).join('\n')}\n`),
    ...sections,
    ...wrapWords(planLine(record, paint), width, 2),
    '',
  ].join('\n');
}

/** `Plan: 14 changes on 4 nodes; no session is cut`, or that nothing needs to change; or why there is no plan. */
export function planLine(record: RunRecord, paint: Paint): string {
  const steps = stepsToChange(record);
  if (steps.length === 0) {
    const why = whyNoPlan(record);
    return why === undefined ? paint.good(nothingToChange(record)) : paint.warn(`No plan: ${why}`);
  }
  const changes = steps.reduce((sum, step) => sum + step.changes.length, 0);
  const nodes = new Set(steps.map((step) => step.node)).size;
  return paint.strong(
    `Plan: ${count(changes, 'change')} on ${count(nodes, 'node')}; ${disruptionText(steps)}`,
  );
}

/** An apply shows its plan before it ends. */
function whyNoPlan(record: RunRecord): string | undefined {
  const { started, ended } = record;
  if (ended?.exit === EXIT.interrupted) return 'the run was interrupted';
  if (allErrors(record).length > 0) return 'some nodes could not be read';
  if (started?.command === 'plan' && ended === undefined) return 'the run did not end';
  return started !== undefined && nodesRead(record).length === 0 ? 'no node could be read' : undefined;
}

/** `Nothing to change: 3 nodes are as wanted; without wk-2` */
export function nothingToChange(record: RunRecord): string {
  const out = record.leftOut.map(({ node }) => node).join(', ');
  const without = out === '' ? '' : `; without ${out}`;
  return `Nothing to change: ${count(nodesRead(record).length, 'node is', 'nodes are')} as wanted${without}`;
}

function nodesRead({ started, leftOut }: RunRecord): string[] {
  const out = new Set(leftOut.map(({ node }) => node));
  return (started?.nodes ?? []).filter((node) => !out.has(node));
}

function groupText({ nodes, changes }: NodeGroup, all: readonly string[], view: PlanView): string {
  const names = wrapWords(nodeList(nodes, all), view.width - 2);
  return [...names.map((line) => `  ${line}`), ...changes.map((change) => changeText(change, view))].join(
    '\n',
  );
}

/** Where the diff of a change begins. */
const DIFF = 8;

function changeText(change: SharedChange, view: PlanView): string {
  const { paint, width } = view;
  const room = width - 6;
  const felt = feltBy(change, paint);
  const [only, ...others] = felt;
  const isSame = others.length === 0 && only?.nodes.length === change.changes.size;
  const summary = `${change.summary}${isSame ? `  ${only.text}` : ''}`;
  const [first = '', ...rest] = stringWidth(summary) <= room ? [summary] : wrapWords(summary, room);
  return [
    `    ${paint.warn('~')} ${first}`,
    ...rest.map((line) => indent(line, 6)),
    ...(isSame
      ? []
      : felt.flatMap(({ nodes, text }) => wrapWords(`${nodes.join(', ')}: ${text}`, room, 2))
    ).map((line) => indent(line, 6)),
    ...diffLines(change, { ...view, width: width - DIFF }).map((line) => indent(line, DIFF)),
  ].join('\n');
}

/** Each disruption of a change, and the nodes that it affects. */
function feltBy({ changes }: SharedChange, paint: Paint): { text: string; nodes: readonly string[] }[] {
  const felt = new Map<string, string[]>();
  for (const [node, change] of changes) {
    const detail = disruptionOf(change);
    if (detail === undefined) continue;
    const text = (change.disruption.level === 'outage' ? paint.bad : paint.warn)(`(${detail})`);
    felt.set(text, [...(felt.get(text) ?? []), node]);
  }
  return [...felt].map(([text, nodes]) => ({ text, nodes }));
}
