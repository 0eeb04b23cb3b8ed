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

const WIDTH = 78;

/**
 * The plan for people: which networks it retires (not on a node that is `leaving` all of them); the changes by phase, once
 * for all nodes that have the same; then what it disrupts. Ends with a newline.
 */
export function planText(record: RunRecord, paint: Paint, leaving?: string): string {
  const steps = stepsToChange(record);
  const { phases = [], nodes = [] } = record.started ?? {};
  const sections = phases
    .map(({ name }) => ({ name, steps: steps.filter(({ phase }) => phase === name) }))
    .filter((phase) => phase.steps.length > 0)
    .map((phase) =>
      [
        paint.strong(phase.name),
        ...groupChanges(phase.steps).map((group) => groupText(group, nodes, paint)),
        '',
      ].join('\n'),
    );
  return [...retirementWarnings(record, paint, leaving), ...sections, planLine(record, paint), ''].join('\n');
}

/** `Plan: 14 changes on 4 nodes; no session is cut`, or that nothing needs to change. */
export function planLine(record: RunRecord, paint: Paint): string {
  const steps = stepsToChange(record);
  if (steps.length === 0) {
    if (allErrors(record).length > 0) return paint.warn('No plan: some nodes could not be read');
    return paint.good(nothingToChange(record.started?.nodes.length ?? 0));
  }
  const changes = steps.reduce((sum, step) => sum + step.changes.length, 0);
  const nodes = new Set(steps.map((step) => step.node)).size;
  return paint.strong(
    `Plan: ${count(changes, 'change')} on ${count(nodes, 'node')}; ${disruptionText(steps)}`,
  );
}

export function nothingToChange(nodes: number): string {
  return `Nothing to change: ${count(nodes, 'node is', 'nodes are')} as wanted`;
}

function groupText({ nodes, changes }: NodeGroup, all: readonly string[], paint: Paint): string {
  const names = wrapWords(nodeList(nodes, all), WIDTH);
  return [...names.map((line) => `  ${line}`), ...changes.map((change) => changeText(change, paint))].join(
    '\n',
  );
}

function changeText(change: SharedChange, paint: Paint): string {
  const felt = feltBy(change, paint);
  const [only, ...others] = felt;
  const isSame = others.length === 0 && only?.nodes.length === change.changes.size;
  return [
    `    ${paint.warn('~')} ${change.summary}${isSame ? `  ${only.text}` : ''}`,
    ...(isSame ? [] : felt.map(({ nodes, text }) => `      ${nodes.join(', ')}: ${text}`)),
    ...diffLines(change, paint).map((line) => indent(line, 8)),
  ].join('\n');
}

/** Each disruption of a change, and the nodes that feel it. */
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
