import { markdownReport } from '../../../../src/render/report/markdown/markdown.js';
import { reportOf } from '../../../../src/render/report/run-report/run-report.js';
import type { RunEvent } from '../../../../src/runner/events/events.js';
import {
  DECLINED_RUN,
  ended,
  FAILED_RUN,
  PLAN_RUN,
  planned,
  STOP_RUN,
  stamp,
  started,
} from '../../../support/events.js';
import { HOSTILE, hostileRun, pairRun } from '../../../support/report-events.js';
import { crowdedRun } from '../../../support/reports/crowded-run.js';

const markdown = (events: Parameters<typeof reportOf>[0]): string => markdownReport(reportOf(events));

it('has the verdict first, then why, with the fix before the evidence', () => {
  expect(markdown(STOP_RUN).split('\n').slice(0, 14)).toEqual([
    '## ❌ STOP at `verify / ping every pair`',
    '',
    'bridgehead apply of `home`: 3 gates GO, 2 changes made in 2.1 s',
    '',
    '### STOP: `verify / ping every pair`',
    '',
    '11 of 12 pairs answer',
    '',
    '**Fix:** check the forward of UDP 51821 on the router of home',
    '',
    '| where | expected | seen |',
    '| --- | --- | --- |',
    '| `ctb-edge-1 -> ms-1` | `an answer from 172.27.15.12 within 10 s` | `0 of 12 packets came back` |',
    '',
  ]);
});

it('has the pairs as a table', () => {
  const page = markdown(pairRun(['ms-1 wk-1']));
  expect(page).toContain('| `ms-1` | 3.5 | · | **STOP** | 5.5 |');
  expect(page).toContain('`handshake`: 12 of 12 pairs GO, `0 s ago`');
});

it('has the changes of a plan with their diffs and what they disrupt', () => {
  const page = markdown(PLAN_RUN);
  expect(page).toMatch(/^## 📝 PLAN\n/);
  expect(page).toContain('**Disruption:** restarts wg0: about 1 s (ms-1)');
  expect(page).toContain('```diff\n [Interface]\n-MTU = 1500\n+MTU = 1420\n```');
  expect(page).toContain('- `add peer wk-2` on `ctb-edge-1` (planned)');
});

it('has a plan that was declined as neither GO nor failed', () => {
  expect(markdown(DECLINED_RUN)).toMatch(
    /^## ✋ DECLINED\n\nbridgehead apply of `home`: 2 changes on 2 nodes planned, none made; the plan was declined\n/,
  );
});

it('has what a program printed in a block', () => {
  expect(markdown(FAILED_RUN)).toContain('```\nsh: write error: No space left on device\n```');
});

/** What is left of a page when its code, where all text of machines belongs, is taken out. */
const outsideOfCode = (page: string): string =>
  page.replace(/^(`{3,})[a-z]*\n[\s\S]*?\n\1$/gm, '').replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');

it.each(HOSTILE)('shows %j only as code', (text) => {
  const rest = outsideOfCode(markdown(hostileRun(text)));
  expect(rest).not.toMatch(/<(?!\/?(?:details|summary|code)>)/);
  expect(rest).not.toMatch(/http:|javascript:|@everyone|!\[/);
  expect(rest).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
});

/** A plan with diffs of these lengths, in lines. */
function planWith(lengths: readonly number[], nodes = 1): ReturnType<typeof stamp> {
  const names = Array.from({ length: nodes }, (_, index) => `node-${index}`);
  const steps = lengths.flatMap((length, index): RunEvent[] =>
    names.map((node) =>
      planned('tunnel', `step ${index}`, node, [
        {
          summary: `write file ${index}`,
          disruption: { level: 'none' },
          diff: `+${node} ${'é'.repeat(20)}\n`.repeat(length),
        },
      ]),
    ),
  );
  const phase = { phase: 'tunnel' };
  return stamp([
    started('plan', names),
    { type: 'phase-started', ...phase },
    ...steps.map((event, index) => ('step' in event ? ({ ...event, step: `s${index}` } as RunEvent) : event)),
    { type: 'phase-ended', ...phase, outcome: 'planned', changes: lengths.length },
    ended(0, lengths.length),
  ]);
}

it('leaves the longest diffs out of a page that would be too long, and says so', () => {
  const page = markdown(planWith([10, 3000, 20, 900]));
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(65_000);
  expect(page).toContain('> Left out to keep this short: the longest diff. The HTML report has everything.');
  expect(page).toContain('`write file 1` on `node-0` (planned)\n\n  its diff of 3000 lines is left out');
  expect(page.match(/```diff/g)).toHaveLength(3);
});

it.each([
  [[5000, 5000, 5000], 1],
  [[1, 1, 1], 400],
  [[2000], 300],
  [[300, 90, 20], 100],
])('keeps within 65,000 bytes with diffs of %j lines on %i nodes', (lengths, nodes) => {
  const page = markdown(planWith(lengths, nodes));
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(65_000);
  expect(page).toMatch(/^## 📝 PLAN\n[\s\S]*\n> Left out to keep this short: /);
});

it('of 100 nodes that all change and stop has the verdict, the reasons and the phases, and says what it left out', () => {
  const page = markdown(crowdedRun(100));
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(65_000);
  expect(page).toMatch(/^## ❌ STOP at `verify \/ ping every pair`\n/);
  expect(page).toContain('### STOP: `verify / ping every pair`');
  expect(page).toMatch(/^> Left out to keep this short: /m);
  expect(page.match(/<details>/g)?.length).toBe(page.match(/<\/details>/g)?.length);
});

it('keeps within 65,000 bytes however many reasons there are', () => {
  const errors = Array.from({ length: 400 }, (_, index) => ({
    code: 'E_STEP' as const,
    message: `message ${index} ${'|'.repeat(300)}`,
    evidence: `${index}\n`.repeat(500),
    fix: 'x'.repeat(400),
  }));
  const page = markdown(stamp([started('apply'), ended(7, 0, errors)]));
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(65_000);
  expect(page).toMatch(/The rest is left out; the HTML report has everything\.\n$/);
  expect(page).toContain('message 0 ');
});
