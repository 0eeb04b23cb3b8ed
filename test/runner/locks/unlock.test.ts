import { NodeErrors } from '../../../src/runner/context.js';
import { thisProcess } from '../../../src/runner/locks/process.js';
import { emitUnlockPlan, readLocks, releaseOthersLocks } from '../../../src/runner/locks/unlock.js';
import {
  type Answer,
  AnsweringNodes,
  answering,
  inventoryOf,
  RUN,
  stageOf,
} from '../../support/answering-nodes.js';

const inventory = inventoryOf(answering('a'), answering('b'));
const NAMES = ['a', 'b'];
const OTHER = { run: '20250101-000000-ffffff', user: 'bob', host: 'desk#99999999', pid: 7, since: 'noon' };
const answer = (what: string, holder: Readonly<Record<string, unknown>> = OTHER): string =>
  `@unlock ${what}\n${Object.entries(holder)
    .map(([key, value]) => `@${key} ${value}\n`)
    .join('')}`;

async function stage(answers: Readonly<Record<string, Answer>>) {
  const scripts: string[] = [];
  const nodes = new AnsweringNodes(({ node, script }) => {
    scripts.push(script);
    return answers[node] ?? '@unlock free\n';
  });
  return { nodes, scripts, ...(await stageOf(nodes, inventory)) };
}

const errorsOf = (work: Promise<unknown>): Promise<readonly unknown[]> =>
  work.then(
    () => [],
    (error: unknown) => {
      if (error instanceof NodeErrors) return error.errors;
      throw error;
    },
  );

describe('reading who holds the nodes', () => {
  it('reports the holder of each, and names no run whose lock it would break', async () => {
    const { context, scripts } = await stage({ a: answer('held') });
    expect(await readLocks(context, inventory.nodes, { canAsk: false })).toEqual([
      { node: 'a', holder: OTHER },
      { node: 'b' },
    ]);
    for (const script of scripts) {
      expect(script).toContain(`run='${RUN}'`);
      expect(script).not.toContain(OTHER.run);
    }
  });

  it('is refused by a live process of this machine', async () => {
    const made = await stage({});
    const { host } = made.context.holder;
    const alive = { ...OTHER, host, pid: process.pid, ...thisProcess() };
    const { context } = await stage({ a: answer('held', alive) });
    const errors = await errorsOf(readLocks(context, inventory.nodes, { canAsk: false }));
    const isKnown = host.includes('#');
    expect(errors).toHaveLength(isKnown ? 1 : 0);
    if (isKnown) {
      expect(errors[0]).toMatchObject({
        code: 'E_LOCKED',
        details: { node: 'a', fix: expect.stringContaining(`process ${process.pid}`) },
      });
    }
  });

  it('leaves it to a person if an earlier version wrote whose process it was, and its id is in use', async () => {
    const made = await stage({});
    const holder = { ...OTHER, host: made.context.holder.host, pid: process.pid };
    const { context } = await stage({ a: answer('held', holder) });
    const isKnown = holder.host.includes('#');
    const doubt = expect.stringMatching(new RegExp(`^process ${process.pid} of this machine, \\S*node`));
    expect(await readLocks(context, inventory.nodes, { canAsk: true })).toEqual([
      { node: 'a', holder, ...(isKnown && { doubt }) },
      { node: 'b' },
    ]);
    const errors = await errorsOf(readLocks(context, inventory.nodes, { canAsk: false }));
    expect(errors).toMatchObject(
      isKnown
        ? [
            {
              code: 'E_LOCKED',
              message: expect.stringContaining('may still be running'),
              details: { node: 'a', fix: expect.stringContaining('on a terminal') },
            },
          ]
        : [],
    );
  });

  it('releases the lock of a run from before this machine was booted, whoever has its id', async () => {
    const made = await stage({});
    const holder = { ...OTHER, host: made.context.holder.host, pid: process.pid, bootid: 'e', started: '1' };
    const { context } = await stage({ a: answer('held', holder) });
    expect(await readLocks(context, inventory.nodes, { canAsk: false })).toEqual([
      { node: 'a', holder },
      { node: 'b' },
    ]);
  });

  it('reports every node that is armed or can’t say, not only the first', async () => {
    const { context } = await stage({
      a: answer('armed'),
      b: { code: 1, stderr: '/var/lib/bridgehead is not a folder' },
    });
    expect(await errorsOf(readLocks(context, inventory.nodes, { canAsk: false }))).toMatchObject([
      { code: 'E_LOCKED', message: expect.stringContaining('bob@desk'), details: { node: 'a' } },
      { code: 'E_NO_GUARD', details: { node: 'b', evidence: '/var/lib/bridgehead is not a folder' } },
    ]);
  });
});

describe('breaking locks', () => {
  const shown = NAMES.map((node) => ({ node, holder: OTHER }));

  it('breaks those that were shown, by the name of their run', async () => {
    const { context, nodes, scripts } = await stage({ a: answer('done'), b: '@unlock free\n' });
    await releaseOthersLocks(context, shown);
    expect(nodes.asked).toEqual(['a: guard.unlock', 'b: guard.unlock']);
    for (const script of scripts) expect(script).toContain(`run='${OTHER.run}'`);
  });

  it('reports which locks are to be released, and each that was', async () => {
    const { context, events } = await stage({ a: answer('done') });
    const locks = [{ node: 'a', holder: OTHER }, { node: 'b' }];
    emitUnlockPlan(context, locks);
    await releaseOthersLocks(context, locks);
    const at = { phase: 'unlock', step: 'lock', node: 'a' };
    const summary = `release the lock of run ${OTHER.run} of bob@desk#99999999 (pid 7), since noon`;
    expect(events).toEqual([
      {
        type: 'step-planned',
        ...at,
        name: 'lock',
        changes: [{ summary, disruption: { level: 'none' } }],
      },
      { type: 'step-planned', ...at, node: 'b', name: 'lock', changes: [] },
      { type: 'phase-started', phase: 'unlock' },
      { type: 'change-started', ...at, summary },
      { type: 'change-done', ...at, summary, ms: expect.any(Number) },
      { type: 'phase-ended', phase: 'unlock', outcome: 'done', changes: 1 },
    ]);
  });

  it('leaves nodes alone that nobody held', async () => {
    const { context, nodes } = await stage({});
    await releaseOthersLocks(context, [{ node: 'a' }, { node: 'b', holder: OTHER }]);
    expect(nodes.asked).toEqual(['b: guard.unlock']);
  });

  it('does not release a lock that another run has taken meanwhile, nor one whose guard is armed', async () => {
    const { context, events } = await stage({
      a: answer('held', { ...OTHER, user: 'eve' }),
      b: answer('armed'),
    });
    expect(await errorsOf(releaseOthersLocks(context, shown))).toMatchObject([
      { code: 'E_LOCKED', message: expect.stringContaining('eve@desk'), details: { node: 'a' } },
      { code: 'E_LOCKED', details: { node: 'b' } },
    ]);
    expect(events.map(({ type }) => type)).toEqual([
      'phase-started',
      'change-started',
      'change-started',
      'step-failed',
      'step-failed',
      'phase-ended',
    ]);
    expect(events.at(-1)).toMatchObject({ outcome: 'failed', changes: 0 });
  });
});
