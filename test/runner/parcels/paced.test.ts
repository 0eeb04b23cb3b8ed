import { movingText } from '../../../src/render/commands/program-text.js';
import { paced } from '../../../src/runner/parcels/paced.js';

it('reports how far something is after a second, and then less and less often', () => {
  let now = 0;
  const told: number[] = [];
  const progress = paced(
    (done) => told.push(done),
    () => now,
  );
  for (now = 0; now <= 60_000; now += 100) progress(now, undefined);
  expect(told).toEqual([1000, 3000, 7000, 15_000, 25_000, 35_000, 45_000, 55_000]);
});

it.each([
  ['send', 50_900_000, 'sending x 1 for amd64: 12.0 MB of 50.9 MB'],
  ['fetch', undefined, 'fetching x 1 for amd64: 12.0 MB'],
] as const)('is shown in words: %s', (doing, total, text) => {
  const event = { phase: 'p', node: 'n', program: 'x 1 for amd64', doing, done: 12_000_000 };
  expect(movingText({ ...event, ...(total && { total }) })).toBe(text);
});
