import { BridgeheadError } from '../../../src/core/errors.js';
import type { Holder } from '../../../src/guard/index.js';
import { NodeErrors } from '../../../src/runner/context.js';
import { thisHost } from '../../../src/runner/locks/holder.js';
import { awaitLocks, type HeldNode } from '../../../src/runner/locks/wait.js';
import { PATIENCE } from '../../../src/runner/patience.js';
import {
  type Answer,
  AnsweringNodes,
  answering,
  inventoryOf,
  stageOf,
} from '../../support/answering-nodes.js';

const inventory = inventoryOf(answering('a'), answering('b'));
const BOB: Holder = { run: 'x', user: 'bob', host: 'desk', pid: 7, since: 'noon' };
const heldBy = (holder: Holder): string =>
  `@lock held\n${Object.entries(holder)
    .map(([key, value]) => `@${key} ${value}\n`)
    .join('')}`;
const FREE = '@lock free\n@last x\n@boot 1\n';
const on = (node: string, holder: Holder = BOB): HeldNode => ({
  node,
  outcome: { kind: 'held', holder, armed: false },
});

/** Nodes that answer who holds them, in turn; the last answer again and again. */
async function stage(seconds: number, answers: Readonly<Record<string, readonly Answer[]>>) {
  const left = new Map(Object.entries(answers).map(([node, texts]) => [node, [...texts]]));
  const nodes = new AnsweringNodes(({ node, id }) => {
    if (id !== 'guard.look') return '';
    const texts = left.get(node) ?? [];
    return (texts.length > 1 ? texts.shift() : texts[0]) ?? FREE;
  });
  return { nodes, ...(await stageOf(nodes, inventory, { patience: { ...PATIENCE, lock: seconds } })) };
}

const errorsOf = (work: Promise<unknown>): Promise<readonly unknown[]> =>
  work.then(
    () => [],
    (error: unknown) => (error instanceof NodeErrors ? error.errors : [error]),
  );

describe('waiting for locks', () => {
  it('says once for whom it waits, and ends when all are free', async () => {
    const held = heldBy(BOB);
    const { context, nodes, events } = await stage(60, { a: [held, held, FREE], b: [held, FREE] });
    await awaitLocks(context, [on('a'), on('b')]);
    expect(nodes.asked.filter((one) => one.startsWith('a'))).toHaveLength(3);
    expect(nodes.asked.filter((one) => one.startsWith('b'))).toHaveLength(2);
    expect(nodes.logins).toEqual([]);
    expect(events.filter(({ type }) => type.startsWith('lock-wait'))).toEqual([
      {
        type: 'lock-waiting',
        nodes: ['a', 'b'],
        holder: 'run x of bob@desk (pid 7), since noon',
        seconds: 60,
      },
      { type: 'lock-waited', nodes: ['a', 'b'], ms: expect.any(Number) },
    ]);
  });

  it('releases what it holds before it waits', async () => {
    const { context, nodes } = await stage(60, {});
    context.locks.record('b', { kind: 'taken' });
    await awaitLocks(context, [on('a')]);
    expect(nodes.asked).toEqual(['b: guard.release', 'a: guard.look', 'b: guard.look']);
    expect(context.locks.held).toEqual([]);
  });

  it('says nothing of a wait of a second', async () => {
    const { context, events } = await stage(60, { a: [FREE] });
    await awaitLocks(context, [on('a')]);
    expect(events).toEqual([]);
  });

  it('names each run that it waits for', async () => {
    const eve = { ...BOB, user: 'eve' };
    const { context, events } = await stage(60, { a: [heldBy(BOB), FREE], b: [heldBy(eve), FREE] });
    await awaitLocks(context, [on('a'), on('b', eve)]);
    expect(events.flatMap((event) => (event.type === 'lock-waiting' ? [event.nodes] : []))).toEqual([
      ['a'],
      ['b'],
    ]);
  });

  it('ends with the error of a lock, of whoever holds it then, once the time is over', async () => {
    const { context, events } = await stage(0.3, { a: [heldBy({ ...BOB, user: 'eve' })] });
    expect(await errorsOf(awaitLocks(context, [on('a')]))).toMatchObject([
      {
        code: 'E_LOCKED',
        message: expect.stringContaining('eve@desk'),
        details: { node: 'a', evidence: 'waited 0.3 s for it' },
      },
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'node-failed', node: 'a' });
  });

  it('has no more time than was given for all waits of a run together', async () => {
    const { context, nodes } = await stage(60, { a: [heldBy(BOB)] });
    context.locks.waited = 60;
    expect(await errorsOf(awaitLocks(context, [on('a')]))).toMatchObject([{ code: 'E_LOCKED' }]);
    expect(nodes.asked).toEqual([]);
  });

  it('does not wait unless it is asked to', async () => {
    const { context, nodes } = await stage(0, {});
    expect(await errorsOf(awaitLocks(context, [on('a')]))).toMatchObject([
      { code: 'E_LOCKED', details: { evidence: undefined } },
    ]);
    expect(nodes.asked).toEqual([]);
  });

  it('goes on once a run of this machine has died that held the node', async () => {
    const host = thisHost();
    const dead = { ...BOB, host, pid: 4194303 };
    const { context } = await stage(0.3, { a: [heldBy(dead)] });
    const errors = await errorsOf(awaitLocks(context, [on('a', dead)]));
    // Without its own id, a machine can't be distinguished from others with its name.
    expect(errors).toHaveLength(host.includes('#') ? 0 : 1);
  });

  const LOST = new BridgeheadError('E_CONNECTION_LOST', 'lost', { node: 'a' });

  it('logs in again to a node that is rebooted meanwhile, and goes on waiting', async () => {
    const held = heldBy(BOB);
    const made = await stage(60, { a: [held, LOST, held, FREE] });
    const { nodes } = made;
    let pauses = 0;
    const pause = async () => {
      pauses += 1;
      if (pauses === 2) nodes.unreachable.add('a');
      if (pauses === 5) nodes.unreachable.clear();
    };
    await awaitLocks({ ...made.context, pause }, [on('a')]);
    expect(nodes.logins).toEqual(['fresh a', 'fresh a', 'fresh a']);
    expect(nodes.asked.filter((one) => one === 'a: guard.look')).toHaveLength(4);
  });

  it('logs in again to a node that it doesn’t wait for', async () => {
    const { context, nodes } = await stage(60, { a: [FREE], b: [LOST, FREE] });
    await awaitLocks(context, [on('a')]);
    expect(nodes.logins).toEqual(['fresh b']);
  });

  it('ends with why it can’t log in once the time is over', async () => {
    const { context, nodes } = await stage(0.2, { a: [LOST] });
    nodes.unreachable.add('a');
    expect(await errorsOf(awaitLocks(context, [on('a')]))).toMatchObject([{ code: 'E_SSH_TIMEOUT' }]);
  });

  it('ends when it is interrupted', async () => {
    const interrupted = new BridgeheadError('E_INTERRUPTED', 'interrupted');
    const made = await stage(60, { a: [heldBy(BOB)] });
    const context = { ...made.context, pause: () => Promise.reject(interrupted) };
    expect(await errorsOf(awaitLocks(context, [on('a')]))).toEqual([interrupted]);
  });
});
