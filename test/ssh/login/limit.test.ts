import { setImmediate as turn } from 'node:timers/promises';
import { Limit } from '../../../src/ssh/login/limit.js';

/** Jobs that run until the test ends them. */
function jobs(limit: Limit, count: number) {
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const all = Array.from({ length: count }, (_, number) =>
    limit.run(() => {
      begun.push(number);
      return new Promise<void>((resolve) => {
        ends[number] = resolve;
      });
    }),
  );
  const end = async (number: number) => {
    ends[number]?.();
    await turn();
  };
  return { all, begun, end };
}

describe('a limit', () => {
  it('lets in as many as it says, and the next in order when one has ended', async () => {
    const { begun, end } = jobs(new Limit(2), 4);
    await turn();
    expect(begun).toEqual([0, 1]);
    await end(1);
    expect(begun).toEqual([0, 1, 2]);
  });

  it('lets in half as many after trouble, one at least, and one more after each success', async () => {
    const limit = new Limit(4);
    const { begun, end } = jobs(limit, 8);
    await turn();
    limit.backOff();
    limit.backOff();
    limit.backOff();
    for (const number of [0, 1, 2]) await end(number);
    expect(begun).toEqual([0, 1, 2, 3]);
    await end(3);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    limit.ease();
    await turn();
    expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('continues when one has failed', async () => {
    const limit = new Limit(1);
    await expect(limit.run(() => Promise.reject(new Error('hung up')))).rejects.toThrow('hung up');
    await expect(limit.run(async () => 'well')).resolves.toBe('well');
  });
});
