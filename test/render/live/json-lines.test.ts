import { createJsonLines } from '../../../src/render/live/json-lines.js';
import { GO_RUN, stamp } from '../../support/events.js';

function textOf(events: typeof GO_RUN): string {
  let text = '';
  const lines = createJsonLines((more) => {
    text += more;
  });
  for (const event of events) lines.event(event);
  return text;
}

it('is one JSON object a line, the events as they were', () => {
  const lines = textOf(GO_RUN).split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line))).toEqual(GO_RUN);
});

it('holds no character that a terminal obeys, and loses none', () => {
  const name = 'a\u001b]0;x\u0007 \u009b2J \u202eb';
  const text = textOf(stamp([{ type: 'gate-started', phase: 'verify', gate: 'g', name }]));
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  expect(JSON.parse(text)).toMatchObject({ name });
});
