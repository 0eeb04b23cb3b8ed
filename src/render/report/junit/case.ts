import { groupsOf } from '../../../core/groups.js';
import type { Finding } from '../../../layers/gate.js';
import type { ReportedError } from '../../../runner/events/events.js';
import type { GateReport, StepReport } from '../run-report/types.js';
import { type Element, element } from './xml.js';

/** Findings that are shown of one node. */
const SHOWN = 20;

/** One test of a suite, before it is XML. */
export interface TestCase {
  readonly name: string;
  readonly ms?: number | undefined;
  /** Why it did not pass; absent if it did. */
  readonly problem?: Problem;
}

interface Problem {
  readonly kind: 'failure' | 'error' | 'skipped';
  readonly type?: string;
  readonly message: string;
  readonly text: string;
}

/** `1.25`, in seconds. */
export const seconds = (ms: number): string => (ms / 1000).toFixed(3);

export function caseElement(suite: string, { name, ms, problem }: TestCase): Element {
  const inner = problem === undefined ? [] : [problemElement(problem)];
  return element(
    'testcase',
    { name, classname: suite, time: ms === undefined ? undefined : seconds(ms) },
    inner,
  );
}

function problemElement({ kind, type, message, text }: Problem): Element {
  if (kind === 'skipped') return element('skipped', { message });
  return element(kind, { message, type }, text);
}

/** A test for each node that a gate has findings about; one for the gate if it has none. */
export function gateCases({ name, answer, summary, findings, ms }: GateReport): TestCase[] {
  const byNode = groupsOf(findings, ({ node }) => node);
  if (answer === 'unmeasured') return [skipped(name, summary)];
  if (byNode.length === 0) {
    const problem = { kind: 'failure', type: 'STOP', message: summary, text: summary } as const;
    return [{ name, ms, ...(answer === 'STOP' && { problem }) }];
  }
  const perNode = ms === undefined ? undefined : ms / byNode.length;
  return byNode.map((own) => {
    const stopped = own.filter(({ go }) => !go);
    const problem = stopped.length > 0 && { problem: stop(stopped) };
    return { name: `${name}: ${own[0]?.node}`, ms: perNode, ...problem };
  });
}

export const skipped = (name: string, message: string): TestCase => ({
  name,
  problem: { kind: 'skipped', message, text: '' },
});

function stop(findings: readonly Finding[]): Problem {
  const [first] = findings;
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  return {
    kind: 'failure',
    type: 'STOP',
    message: `${placeOf(first)}${first?.seen ?? ''}${more}`,
    text: [
      ...findings.slice(0, SHOWN).map(findingText),
      ...(findings.length > SHOWN ? [`and ${findings.length - SHOWN} more`] : []),
    ].join('\n'),
  };
}

const placeOf = (finding: Finding | undefined): string =>
  finding?.peer === undefined ? '' : `${finding.node} -> ${finding.peer}: `;

function findingText({ node, peer, expected, seen, fix }: Finding): string {
  return [
    peer === undefined ? node : `${node} -> ${peer}`,
    `  expected  ${expected}`,
    `  seen      ${seen}`,
    ...(fix === undefined ? [] : [`  fix       ${fix}`]),
    '',
  ].join('\n');
}

/** A test for a step on a node. */
export function stepCase(step: StepReport): TestCase {
  const name = `${step.name}: ${step.node}`;
  const ms = step.changes.reduce((sum, change) => sum + (change.ms ?? 0), 0);
  switch (step.state) {
    case 'failed':
      return { name, ms, problem: { ...errorProblem(step.error), kind: 'failure' } };
    case 'reverted':
      return { name, ms, problem: unmade('failure', 'reverted', step) };
    case 'unfinished':
      return { name, ms, problem: unmade('error', 'unfinished', step) };
    case 'planned':
      return { name, problem: unmade('skipped', 'planned, not made', step) };
    case 'skipped':
      return skipped(name, step.skipped ?? 'skipped');
    default:
      return { name, ms };
  }
}

function unmade(kind: Problem['kind'], what: string, { changes }: StepReport): Problem {
  const lines = changes.map(({ summary, made, reverted }) => {
    const ended = made ? 'made' : reverted === true ? 'reverted' : 'not made';
    return `${ended}: ${summary}`;
  });
  return { kind, type: what, message: what, text: lines.join('\n') };
}

export function errorProblem(error: ReportedError | undefined): Problem {
  const { code, message = 'failed', evidence, fix } = error ?? {};
  const lines = [message, evidence, fix === undefined ? undefined : `fix: ${fix}`];
  return {
    kind: 'error',
    ...(code !== undefined && { type: code }),
    message,
    text: lines.filter((line) => line !== undefined && line !== '').join('\n'),
  };
}
