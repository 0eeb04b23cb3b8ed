import { count } from '../../core/text.js';
import type { PlannedChange } from '../../runner/events/events.js';
import type { Paint } from '../colour.js';
import { allErrors, type RecordedStep, type RunRecord, stepsToChange } from '../report/record.js';
import { indent } from '../table.js';

/**
 * The plan for people: which networks it retires (not on a node that is `leaving` all of them); the changes by phase and
 * node; then what it disrupts. Ends with a newline.
 */
export function planText(record: RunRecord, paint: Paint, leaving?: string): string {
  const steps = stepsToChange(record);
  const phases = record.started?.phases.map((phase) => phase.name) ?? [];
  const sections = phases
    .map((phase) => ({ phase, steps: steps.filter((step) => step.phase === phase) }))
    .filter((section) => section.steps.length > 0)
    .map((section) => phaseText(section.phase, section.steps, paint));
  const head = retired(record, leaving).map(
    ({ network, nodes }) =>
      `${paint.warn(`Retires network ${network} on ${nodes.join(', ')}`)}: it is removed there for good; its keys are moved to /etc/wireguard/.retired. If that is not what you want, this inventory is out of date, or it is another one of the same name.\n`,
  );
  return [...head, ...sections, planLine(record, paint), ''].join('\n');
}

interface Retired {
  readonly network: string;
  readonly nodes: readonly string[];
}

/** The networks that the plan retires, and where. */
function retired(record: RunRecord, leaving: string | undefined): readonly Retired[] {
  const found = new Map<string, Set<string>>();
  for (const { node, changes } of stepsToChange(record)) {
    for (const { retires } of changes) {
      if (retires !== undefined && node !== leaving)
        found.set(retires, (found.get(retires) ?? new Set()).add(node));
    }
  }
  return [...found].map(([network, nodes]) => ({ network, nodes: [...nodes] }));
}

/** The question before a plan is applied. */
export function planQuestion(record: RunRecord, leaving?: string): string {
  const ends = retired(record, leaving).map(
    ({ network, nodes }) => `network ${network} on ${nodes.join(', ')}`,
  );
  return ends.length === 0 ? 'Apply this plan?' : `Apply this plan, which retires ${ends.join(', and ')}?`;
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
  return paint.strong(`Plan: ${count(changes, 'change')} on ${count(nodes, 'node')}; ${disruption(steps)}`);
}

export function nothingToChange(nodes: number): string {
  return `Nothing to change: ${count(nodes, 'node is', 'nodes are')} as wanted`;
}

/** How many kinds of disruption are listed; the rest are counted, as each is shown with its change. */
const NAMED = 4;

function disruption(steps: readonly RecordedStep[]): string {
  const felt = new Map<string, { readonly outage: boolean; readonly nodes: Set<string> }>();
  for (const { node, changes } of steps) {
    for (const change of changes.filter(({ disruption }) => disruption.level !== 'none')) {
      const detail = disruptionOf(change);
      const one = felt.get(detail) ?? { outage: change.disruption.level === 'outage', nodes: new Set() };
      felt.set(detail, { ...one, nodes: one.nodes.add(node) });
    }
  }
  if (felt.size === 0) return 'no session is cut';
  const worstFirst = [...felt].toSorted(([, a], [, b]) => Number(b.outage) - Number(a.outage));
  const told = worstFirst.map(([detail, { nodes }]) =>
    nodes.size > 2 ? `${detail} (${nodes.size} nodes)` : `${detail} (${[...nodes].join(', ')})`,
  );
  if (told.length <= NAMED) return told.join(', ');
  const rest = worstFirst.slice(NAMED - 1);
  const cuts = rest.some(([, { outage }]) => outage) ? 'cuts' : 'brief cuts';
  return `${told.slice(0, NAMED - 1).join(', ')}, and ${rest.length} more ${cuts}, listed with their changes`;
}

function disruptionOf({ disruption: { level, detail } }: PlannedChange): string {
  return detail ?? (level === 'brief' ? 'a brief cut' : 'an outage');
}

function phaseText(phase: string, steps: readonly RecordedStep[], paint: Paint): string {
  const nodes = [...new Set(steps.map((step) => step.node))].map((node) => {
    const changes = steps.filter((step) => step.node === node).flatMap((step) => step.changes);
    return [`  ${node}`, ...changes.map((change) => changeText(change, paint))].join('\n');
  });
  return `${paint.strong(phase)}\n${nodes.join('\n')}\n`;
}

function changeText(change: PlannedChange, paint: Paint): string {
  const { level } = change.disruption;
  const felt =
    level === 'none' ? '' : `  ${(level === 'outage' ? paint.bad : paint.warn)(`(${disruptionOf(change)})`)}`;
  const diff = change.diff === undefined ? '' : `\n${indent(diffText(change.diff, paint), 8)}`;
  return `    ${paint.warn('~')} ${change.summary}${felt}${diff}`;
}

function diffText(diff: string, paint: Paint): string {
  return diff
    .replace(/\n+$/, '')
    .split('\n')
    .map((line) => styleOf(line, paint)(line))
    .join('\n');
}

function styleOf(line: string, paint: Paint): (text: string) => string {
  if (/^(---|\+\+\+|@@) /.test(line)) return paint.faint;
  if (line.startsWith('+')) return paint.good;
  return line.startsWith('-') ? paint.bad : (text) => text;
}
