import { isMeasuring } from '../../../runner/events/commands.js';
import { isSuccess, type NodeReport, type PhaseReport, type RunReport } from '../run-report/types.js';
import { scopeText } from '../scope-text.js';
import { caseElement, errorProblem, gateCases, seconds, skipped, stepCase, type TestCase } from './case.js';
import { documentOf, type Element, element } from './xml.js';

/** A suite of tests, before it is XML. */
interface Suite {
  readonly name: string;
  readonly startedAt: string | undefined;
  readonly ms: number;
  readonly cases: readonly TestCase[];
}

/**
 * The report as JUnit XML: a suite for reaching the nodes, one for each phase with a test for each step on a node and for each
 * gate and node, and one for how the run ended.
 */
export function junitReport(report: RunReport): string {
  const suites = [
    nodesSuite(report),
    ...report.phases.map((phase) => phaseSuite(report, phase)),
    endSuite(report),
  ].filter(({ cases }) => cases.length > 0);
  const all = suites.flatMap(({ cases }) => cases);
  const { command, inventory, ms } = report;
  return documentOf(
    element(
      'testsuites',
      {
        name: `bridgehead ${command}: ${inventory.name}${scopeText(report)}`,
        ...counts(all),
        time: seconds(ms),
      },
      suites.map((suite) => suiteElement(report, suite)),
    ),
  );
}

const counts = (cases: readonly TestCase[]) => {
  const of = (kind: string) => cases.filter(({ problem }) => problem?.kind === kind).length;
  return { tests: cases.length, failures: of('failure'), errors: of('error') };
};

function suiteElement(report: RunReport, suite: Suite): Element {
  const { run, command, version, playbook } = report;
  const { name, startedAt, ms, cases } = suite;
  const scope = scopeText(report).replace(/^, /, '') || undefined;
  const properties = Object.entries({ run, command, version, playbook: playbook?.name, scope }).flatMap(
    ([key, value]) => (value === undefined ? [] : [element('property', { name: key, value })]),
  );
  return element(
    'testsuite',
    {
      name,
      ...counts(cases),
      skipped: cases.filter(({ problem }) => problem?.kind === 'skipped').length,
      time: seconds(ms),
      // The schema has no room for a time zone or fractions.
      timestamp: startedAt?.slice(0, 19),
    },
    [element('properties', {}, properties), ...cases.map((one) => caseElement(name, one))],
  );
}

/** `read` is what the terminal calls it, too. A phase of that name is a suite beside it. */
function nodesSuite({ nodes, startedAt, verdict }: RunReport): Suite {
  const cases = nodes.map((node) => nodeCase(node, verdict === 'UNFINISHED'));
  return { name: 'read', startedAt, ms: Math.max(0, ...nodes.map(msOf)), cases };
}

const msOf = ({ connectedMs = 0, readMs = 0 }: NodeReport): number => connectedMs + readMs;

function nodeCase(node: NodeReport, isOver: boolean): TestCase {
  const name = `reach and read: ${node.name}`;
  if (node.error !== undefined) return { name, ms: msOf(node), problem: errorProblem(node.error) };
  if (node.connectedMs === undefined) return skipped(name, isOver ? 'the run did not end' : 'not contacted');
  return { name, ms: msOf(node) };
}

function phaseSuite({ command, endedAt }: RunReport, phase: PhaseReport): Suite {
  const { name, startedAt, steps, gates, unmeasured } = phase;
  const end = phase.endedAt ?? endedAt;
  const why = phase.outcome === 'not-reached' ? 'the run ended before this phase' : 'not measured';
  return {
    name,
    startedAt,
    ms: startedAt === undefined ? 0 : Math.max(0, Date.parse(end) - Date.parse(startedAt)),
    cases: [
      ...steps.map(stepCase),
      ...gates.flatMap(gateCases),
      ...(command === 'plan' ? [] : unmeasured.map((gate) => skipped(gate, why))),
    ],
  };
}

/** Fails whenever the run was not GO, whatever else did. */
function endSuite({ command, verdict, where, summary, reasons, startedAt, ms }: RunReport): Suite {
  const name = isMeasuring(command) ? 'the run ends in GO' : 'the run succeeds';
  const place = where === undefined ? '' : ` at ${where}`;
  const text = reasons.map(({ title, message, fixes }) =>
    [`${title}: ${message}`, ...fixes.map((fix) => `  fix: ${fix}`)].join('\n'),
  );
  const problem = {
    kind: 'failure',
    type: verdict,
    message: `${verdict}${place}: ${summary}`,
    text: text.join('\n'),
  } as const;
  return { name: 'run', startedAt, ms, cases: [{ name, ms, ...(!isSuccess(verdict) && { problem }) }] };
}
