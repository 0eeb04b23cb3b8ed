import { BridgeheadError } from '../../../src/core/errors.js';
import type { PhaseNodes } from '../../../src/runner/events/events.js';
import { revertPhase } from '../../../src/runner/undo/revert-phase.js';
import {
  type Answer,
  AnsweringNodes,
  type Asked,
  answering,
  inventoryOf,
  RUN,
  stageOf,
} from '../../support/answering-nodes.js';

const jump = (name: string, through: string) =>
  answering(name, { ssh: { host: name, jump: through, hostKeys: [], sudo: 'auto' } });
const inventory = inventoryOf(answering('a'), jump('b', 'a'), answering('c'));
const of = (...changed: string[]): PhaseNodes => ({
  changed,
  untouched: [],
  reverted: [],
  unknown: ['x'],
});
const lost = (node: string) => new BridgeheadError('E_CONNECTION_LOST', 'lost', { node });

async function stage(answer: (asked: Asked) => Answer | undefined = () => undefined) {
  const nodes = new AnsweringNodes((asked) => answer(asked) ?? '@undo done\n@reverted file reverted: /x\n');
  return { nodes, ...(await stageOf(nodes, inventory)) };
}

describe('reverting a phase', () => {
  it('undoes every round of it, only on the nodes that it changed', async () => {
    const scripts: string[] = [];
    const { context, nodes, events } = await stage(({ script }) => {
      scripts.push(script);
      return undefined;
    });
    expect(await revertPhase(context, 'cut', of('a'))).toEqual({
      nodes: { changed: [], untouched: [], reverted: ['a'], unknown: ['x'] },
      errors: [],
    });
    expect(nodes.asked).toEqual(['a: guard.undo']);
    for (const text of [RUN, 'cut', 'cut (round 2)', 'cut (round 3)']) expect(scripts[0]).toContain(text);
    expect(events).toMatchObject([
      { type: 'guard-reverted', node: 'a', phase: 'cut', by: 'run', reverted: ['file reverted: /x'] },
    ]);
  });

  it('goes to those behind a node before it goes to that one', async () => {
    const { context, nodes } = await stage();
    await revertPhase(context, 'cut', of('a', 'b'));
    expect(nodes.asked).toEqual(['b: guard.undo', 'a: guard.undo']);
  });

  it('asks one that did not answer again, over a new login, once the others are reverted', async () => {
    const { context, nodes } = await stage(({ node, fresh }) =>
      node === 'b' && !fresh ? lost('b') : undefined,
    );
    const { errors, nodes: after } = await revertPhase(context, 'cut', of('a', 'b'));
    expect([errors, after.reverted]).toEqual([[], ['a', 'b']]);
    expect(nodes.asked).toEqual(['b: guard.undo', 'a: guard.undo', 'b: guard.undo']);
    expect(nodes.logins).toEqual(['fresh b']);
  });

  it.each<[string, Answer, string]>([
    ['not all of it could be reverted', '@undo done\n@failed route\n', 'route'],
    ['it refused', { code: 1, stderr: 'no folder' }, 'no folder'],
    ['it has kept nothing', '@undo unknown\n', 'the node has kept nothing of it'],
  ])('names a node as changed where %s', async (_what, answer, evidence) => {
    const { context, events, nodes } = await stage(({ node }) => (node === 'a' ? answer : undefined));
    const { errors, nodes: after } = await revertPhase(context, 'cut', of('a', 'c'));
    expect(after).toMatchObject({ changed: ['a'], reverted: ['c'] });
    expect(errors).toMatchObject([{ code: 'E_UNDO', details: { node: 'a', evidence } }]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'node-failed', node: 'a' }));
    expect(nodes.logins).toEqual([]);
  });
});
