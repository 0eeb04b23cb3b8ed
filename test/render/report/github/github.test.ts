import type { Places } from '../../../../src/render/report/annotations/annotations.js';
import { githubProblems, githubReport } from '../../../../src/render/report/github/github.js';
import { reportOf } from '../../../../src/render/report/run-report/run-report.js';
import type { StampedEvent } from '../../../../src/runner/events/events.js';
import {
  DECLINED_RUN,
  ended,
  FAILED_RUN,
  GO_RUN,
  gate,
  PLAN_RUN,
  read,
  STOP_RUN,
  stamp,
  started,
} from '../../../support/events.js';

const PLACES: Places = {
  file: 'inventory/home.yaml',
  nodes: new Map([
    ['ctb-edge-1', { line: 12, column: 3 }],
    ['ms-1', { line: 15, column: 3 }],
  ]),
};

const linesOf = (events: readonly StampedEvent[], places: Places = PLACES): string[] =>
  githubReport(reportOf(events), places).split('\n').slice(0, -1);

it('has nothing but a line that only debugging shows for a run that was GO', () => {
  expect(linesOf(GO_RUN)).toEqual([
    '::debug::bridgehead apply of home: GO: 3 phases, 4 gates GO, 2 changes in 2.1 s',
  ]);
});

it('shows a STOP at the node that was measured, with what was seen, expected, and the fix', () => {
  expect(linesOf(STOP_RUN).slice(1)).toEqual([
    '::error file=inventory/home.yaml,line=12,col=3,title=STOP%3A verify / ping every pair::' +
      '11 of 12 pairs answer%0A' +
      'ctb-edge-1 -> ms-1: 0 of 12 packets came back%0A' +
      '  expected: an answer from 172.27.15.12 within 10 s%0A' +
      'fix: check the forward of UDP 51821 on the router of home',
  ]);
});

it('shows what a plan would change at each node', () => {
  expect(linesOf(PLAN_RUN).slice(1)).toEqual([
    '::notice file=inventory/home.yaml,line=12,col=3,title=ctb-edge-1%3A 1 change planned::add peer wk-2',
    expect.stringMatching(
      /^::notice file=inventory\/home\.yaml,line=15,col=3,title=ms-1%3A 1 change planned::/,
    ),
  ]);
});

it('shows an error at its node, with what the program printed', () => {
  const [, line = ''] = linesOf(FAILED_RUN);
  expect(line).toMatch(/^::error file=inventory\/home\.yaml,.*title=FAILED%3A /);
  expect(line).toContain('%0Ash: write error: No space left on device');
});

it('names only the file for a node that is no longer in it, and no file if that is unknown', () => {
  const nowhere = { ...PLACES, nodes: new Map() };
  expect(linesOf(STOP_RUN, nowhere)[1]).toMatch(/^::error file=inventory\/home\.yaml,title=STOP%3A/);
  expect(githubReport(reportOf(STOP_RUN)).split('\n')[1]).toMatch(/^::error title=STOP%3A/);
});

it('says how a run ended that has no error of its own', () => {
  const interrupted = stamp([started('apply'), ...read(), ended(130, 0)]);
  expect(linesOf(interrupted)[1]).toMatch(/^::error title=INTERRUPTED.*::0 gates GO, 0 changes made/);
  expect(linesOf(DECLINED_RUN)).toHaveLength(1);
});

it('shows ten of each level, of which the last counts the others', () => {
  const nodes = Array.from({ length: 14 }, (_, index) => `n-${index}`);
  const findings = nodes.map((node) => ({ go: false, node, expected: 'an answer', seen: 'none' }));
  const lines = linesOf(
    stamp([
      started('check', nodes),
      ...read(nodes),
      ...gate('verify', 'ping', '0 of 14', findings),
      ended(3, 0),
    ]),
  );
  expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(10);
  expect(lines.at(-1)).toBe('::error::and 5 more; the report has all of them');
});

it('shortens what GitHub would cut off', () => {
  const finding = { go: false, node: 'ms-1', expected: 'x', seen: 'y'.repeat(9000) };
  const [, line = ''] = linesOf(
    stamp([started('check'), ...gate('verify', 'ping', 'no', [finding]), ended(3, 0)]),
  );
  expect(line.length).toBeLessThan(4200);
  expect(line.endsWith('…')).toBe(true);
});

it('shows each problem of the files at its place', () => {
  const problems = [
    {
      file: 'inventory/home.yaml',
      line: 34,
      column: 11,
      path: 'nodes.wk-1.site',
      message: 'must name a site; got "hme"',
      fix: 'did you mean "home"?',
    },
    { file: 'mine.yaml', message: 'no such file' },
  ];
  expect(githubProblems(problems).split('\n')).toEqual([
    '::debug::bridgehead: bad input',
    '::error file=inventory/home.yaml,line=34,col=11,title=nodes.wk-1.site::must name a site; got "hme"%0Afix: did you mean "home"?',
    '::error file=mine.yaml,title=bad input::no such file',
    '',
  ]);
});
