import { EXIT } from '../../../src/core/errors.js';
import { endingOf } from '../../../src/runner/events/ending.js';

const interrupted = (resume?: string) =>
  endingOf(new Error('cut short'), { signal: AbortSignal.abort(), resume });

it('advises an interrupted run’s own command to resume it', () => {
  const { exit, errors } = interrupted('bridgehead apply --resume -i home.yaml');
  expect(exit).toBe(EXIT.interrupted);
  expect(errors.map(({ code, fix }) => [code, fix])).toEqual([
    ['E_INTERRUPTED', 'bridgehead apply --resume -i home.yaml resumes it'],
  ]);
});

it('advises nothing where nothing resumes it, as for renumber', () => {
  expect(interrupted().errors.map(({ fix }) => fix)).toEqual([undefined]);
});
