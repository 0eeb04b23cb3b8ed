import type { Bench, Contender } from '../../bench/contender.js';
import { measure } from '../../bench/measure.js';
import { markdown, picture } from '../../bench/report.js';

/** A bench whose commands end with the status in their text. */
const bench = {
  nodes: [{ name: 'a' }, { name: 'b' }],
  delayed: false,
  lab: {
    run: async ([status = '0', stdout = '']: readonly string[]) => ({
      code: Number(status),
      stdout,
      stderr: 'lost pings',
    }),
    exec: async () => ({ code: 0, stdout: '', stderr: '' }),
  },
} as unknown as Bench;

/** `statuses` of its runs, one after the other; the last one stays. */
function contender(name: string, statuses: string[], said = 'unchanged'): Contender {
  let runs = 0;
  return {
    name,
    jobs: ['first', 'reapply'],
    prepare: async () => undefined,
    command: () => [statuses[Math.min(runs++, statuses.length - 1)] ?? '0', said],
    unchanged: (output) => output === 'unchanged',
  };
}

describe('a round in which a contender\u2019s own proof fails', () => {
  it('is noted, and everybody is measured on', async () => {
    const shown: string[] = [];
    const results = await measure(
      bench,
      [contender('Bridgehead', ['0']), contender('floor', ['1', '0']), contender('never', ['3'])],
      'first',
      3,
      (line) => shown.push(line),
    );
    expect(
      results.map(({ contender: name, seconds, failures }) => [name, seconds.length, failures.length]),
    ).toEqual([
      ['Bridgehead', 3, 0],
      ['floor', 2, 1],
      ['never', 0, 3],
    ]);
    expect(shown.filter((line) => line.includes('FAILED'))).toHaveLength(4);
    expect(results[1]?.failures[0]).toContain('lost pings');
    expect(markdown(results)).toMatch(/\| floor \(failed 1 of 3 rounds\) \| \d/);
    expect(markdown(results)).toMatch(/\| never \(failed 3 of 3 rounds\) \| - \| - \| - \|/);
    expect(picture(results)).not.toMatch(/NaN|Infinity/);
  });

  it('is also one in which something was changed although nothing was to be done', async () => {
    const results = await measure(
      bench,
      [contender('floor', ['0'], 'changed')],
      'reapply',
      2,
      () => undefined,
    );
    expect(results).toMatchObject([
      {
        seconds: [],
        failures: [/changed something/, /changed something/].map((text) => expect.stringMatching(text)),
      },
    ]);
  });

  it('isn’t a fault of the bench', async () => {
    const broken = {
      ...bench,
      lab: { ...bench.lab, run: async () => Promise.reject(new Error('no lab')) },
    } as Bench;
    await expect(measure(broken, [contender('floor', ['0'])], 'first', 1, () => undefined)).rejects.toThrow(
      'no lab',
    );
  });
});
