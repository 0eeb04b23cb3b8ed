import { rehearsalSummary } from '../../src/render/rehearsal-summary.js';
import { GO_RUN, STOP_RUN } from '../support/events.js';
import { PLAIN } from './helpers.js';

const RESULT = {
  name: 'home',
  upMs: 9300,
  applyMs: 41_000,
  code: 0,
  events: GO_RUN,
  state: '/s/rehearsals',
  kept: false,
  inventory: "it's home.yaml",
  again: ['apply', '--yes', '-i', "it's home.yaml"],
};

it('counts gates and says how long and where the journal is', () => {
  expect(rehearsalSummary(RESULT, PLAIN)).toBe(
    [
      '',
      'rehearsal  GO  4 of 4 gates GO',
      'lab        home, up in 9.3 s',
      'apply      41.0 s',
      'journal    /s/rehearsals/runs/20260101-120000-abc123',
      '',
    ].join('\n'),
  );
});

it('tells the exit code of an apply that did not end in GO', () => {
  expect(rehearsalSummary({ ...RESULT, code: 3, events: STOP_RUN }, PLAIN)).toContain(
    'rehearsal  exit 3  3 of 4 gates GO',
  );
});

it('says how to look around in a lab that was kept, in commands that can be pasted', () => {
  const text = rehearsalSummary({ ...RESULT, kept: true }, PLAIN);
  expect(text).toContain(
    [
      'The lab is still up:',
      "  bridgehead lab run -i 'it'\\''s home.yaml' -- ssh NODE",
      "  bridgehead lab run -i 'it'\\''s home.yaml' -- bridgehead apply --yes -i 'it'\\''s home.yaml'",
      "  bridgehead lab down -i 'it'\\''s home.yaml'",
      '',
    ].join('\n'),
  );
});
