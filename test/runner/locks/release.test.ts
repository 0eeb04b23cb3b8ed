import { BridgeheadError } from '../../../src/core/errors.js';
import { releaseAll } from '../../../src/runner/locks/release.js';
import {
  type Answer,
  AnsweringNodes,
  answering,
  inventoryOf,
  stageOf,
} from '../../support/answering-nodes.js';

const inventory = inventoryOf(answering('a'), answering('b'), answering('c'));
const lost = new BridgeheadError('E_CONNECTION_LOST', 'lost', { node: 'a' });

async function left(answer: (node: string, fresh: boolean) => Answer, armed: readonly string[] = []) {
  const nodes = new AnsweringNodes(({ node, fresh }) => answer(node, fresh));
  const { context, events } = await stageOf(nodes, inventory);
  for (const node of ['a', 'b']) context.locks.record(node, { kind: 'taken' });
  for (const node of armed) context.armedNodes.add(node);
  await releaseAll(context);
  return { nodes, context, events };
}

describe('the end of a run', () => {
  it('releases the locks that it holds, and closes every connection', async () => {
    const { nodes, context, events } = await left(() => '');
    expect(nodes.asked).toEqual(['a: guard.release', 'b: guard.release']);
    expect(nodes.closed).toEqual(['a', 'b', 'c']);
    expect(context.locks.held).toEqual([]);
    expect([nodes.logins, events]).toEqual([[], []]);
  });

  it('keeps the lock if a guard is armed: the next run learns from it what became of the change', async () => {
    const { nodes, context } = await left(() => '', ['a']);
    expect(nodes.asked).toEqual(['b: guard.release']);
    expect(context.locks.held).toEqual(['a']);
  });

  it('logs in once more if the connection is gone', async () => {
    const { nodes, context, events } = await left((node, fresh) => (node === 'a' && !fresh ? lost : ''));
    expect(nodes.logins).toEqual(['fresh a']);
    expect(nodes.closed.filter((name) => name === 'a')).toHaveLength(2);
    expect([context.locks.held, events]).toEqual([[], []]);
  });

  it('reports a lock that it could not release, and continues', async () => {
    const { context, events } = await left((node) =>
      node === 'a' ? { code: 1, stderr: 'cannot remove it' } : '',
    );
    expect(events).toEqual([{ type: 'lock-left', node: 'a', reason: 'cannot remove it' }]);
    expect(context.locks.held).toEqual(['a']);
  });
});
