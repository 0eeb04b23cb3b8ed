import { endingText } from '../../../src/render/report/run-footer.js';
import type { StampedEvent } from '../../../src/runner/events/events.js';
import { GO_RUN, gate, PLAN_RUN, STOP_RUN, stamp } from '../../support/events.js';
import { PLAIN, recordOf } from '../helpers.js';

const ending = (events: readonly StampedEvent[], evidence = true): string =>
  endingText(recordOf(events), { paint: PLAIN, width: 80, evidence });

/** A GO whose last gate has measured a pair. */
const [begun, ...rest] = GO_RUN;
const PAIRS = stamp([
  ...(begun === undefined ? [] : [begun]),
  ...gate('verify', 'ping', '1 of 1 pair answers', [
    {
      go: true,
      node: 'ms-1',
      peer: 'wk-1',
      expected: '',
      seen: '',
      pair: { network: 'mesh', unit: 'ms', value: 3 },
    },
  ]),
  ...rest,
]);

it('has what proved each phase, then who reaches whom, then the outcome', () => {
  expect(ending(PAIRS)).toBe(
    `verify  ping             GO  1 of 1 pair answers
kernel  sysctl values    GO  8 of 8 values are in force
tunnel  listener         GO  4 of 4 nodes listen on 51820
tunnel  handshake        GO  12 of 12 handshakes
verify  ping every pair  GO  12 of 12 pairs answer

ping  1 of 1 pair GO, 3.0 ms

GO  3 phases, 5 gates, 2 changes in 2.1 s
`,
  );
});

it('has a drawing before the outcome, which is what remains on the screen', () => {
  const options = { paint: PLAIN, width: 80, evidence: false, picture: '┌ ms-1 ┐\n' };
  expect(endingText(recordOf(GO_RUN), options)).toBe(
    '┌ ms-1 ┐\n\nGO  3 phases, 4 gates, 2 changes in 2.1 s\n',
  );
});

it('leaves out the gates if the terminal still shows them', () => {
  expect(ending(GO_RUN, false)).toBe('GO  3 phases, 4 gates, 2 changes in 2.1 s\n');
});

it('says why a run stopped before it shows what is well', () => {
  const text = ending(STOP_RUN);
  expect(text.indexOf('STOP verify')).toBe(0);
  expect(text.indexOf('kernel  sysctl values')).toBeGreaterThan(0);
});

it('is the plan, and nothing else, of a run that only plans', () => {
  const text = ending(PLAN_RUN);
  expect(text).toMatch(/^tunnel\n.*\nPlan: 2 changes on 2 nodes; [^\n]*\n$/s);
});

it.each([40, 60])('keeps to a terminal of %i columns, apart from commands', (width) => {
  const long = `${'one of the findings, '.repeat(6)}and so on`;
  const events = stamp([
    ...(begun === undefined ? [] : [begun]),
    ...gate('verify', 'a gate with a longer name', long),
    ...STOP_RUN.slice(1),
  ]);
  const options = {
    paint: PLAIN,
    width,
    wrapsProse: true,
    evidence: true,
    undo: `bridgehead undo ${'x'.repeat(80)}`,
  };
  const lines = endingText(recordOf(events), options).split('\n');
  expect(lines.filter((line) => line.length > width)).toEqual([`to undo: ${options.undo}`]);
  expect(lines.join(' ').replace(/\s+/g, ' ')).toContain(`GO ${long}`);
});
