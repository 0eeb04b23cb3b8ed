import { Pool } from '../../src/runner/pool.js';

/** Tasks that last until they are let go, and who of them has begun. */
function tasks() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const task = (name: string) => async (): Promise<string> => {
    begun.push(name);
    await new Promise<void>((resolve) => ends.set(name, resolve));
    return name;
  };
  const end = async (...names: string[]): Promise<void> => {
    for (const name of names) ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, task, end };
}

describe('a pool', () => {
  it('begins tasks that wait for each other once there is room for all of them', async () => {
    const { begun, task, end } = tasks();
    const pool = new Pool(3);
    const lone = pool.run(task('x'));
    const together = pool.runTogether(['a', 'b', 'c'].map(task));
    await end();
    expect(begun).toEqual(['x']);
    await end('x');
    expect(begun).toEqual(['x', 'a', 'b', 'c']);
    await end('a', 'b', 'c');
    expect([await lone, await together]).toEqual(['x', ['a', 'b', 'c']]);
  });

  it('lets nobody overtake those who wait for room', async () => {
    const { begun, task, end } = tasks();
    const pool = new Pool(2);
    const all = [pool.run(task('x')), pool.runTogether(['a', 'b'].map(task)), pool.run(task('y'))];
    await end();
    expect(begun).toEqual(['x']);
    await end('x');
    await end('a');
    expect(begun).toEqual(['x', 'a', 'b']);
    await end('b');
    expect(begun).toEqual(['x', 'a', 'b', 'y']);
    await end('y');
    await Promise.all(all);
  });

  it('makes them take turns if there are too many, and continues after one that failed', async () => {
    const { begun, task, end } = tasks();
    const pool = new Pool(2);
    const failed = pool.run(() => Promise.reject(new Error('no')));
    const together = pool.runTogether(['a', 'b', 'c'].map(task));
    await expect(failed).rejects.toThrow('no');
    await end();
    expect(begun).toEqual(['a', 'b']);
    await end('a');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('b', 'c');
    expect(await together).toEqual(['a', 'b', 'c']);
  });
});
