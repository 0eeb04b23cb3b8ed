import type { KeyedPair } from '../../../src/layers/pair-secrets.js';
import type { StepKind } from '../../../src/layers/step.js';
import type { RunContext } from '../../../src/runner/context.js';
import { probeOf } from '../../../src/runner/plan/node-probe.js';
import { planSteps } from '../../../src/runner/plan/planned.js';
import { makeSecrets, wantedSecrets } from '../../../src/runner/plan/secrets.js';
import type { StepWork } from '../../../src/runner/plan/work.js';
import { AnsweringNodes, answering, inventoryOf, stageOf } from '../../support/answering-nodes.js';

const inventory = inventoryOf(...['a', 'b', 'c'].map((name) => answering(name)));
const pair = (...nodes: readonly [string, string]): KeyedPair => ({ network: 'net', nodes });

/** On `a`, a step that wants keys for these pairs, and plans one change for each that was made. */
function workOf(context: RunContext, pairs: readonly KeyedPair[]): StepWork {
  const kind: StepKind = {
    kind: 'keys',
    schema: {},
    probe: () => ({ script: ':', parse: () => undefined }),
    wantedSecrets: ({ secrets }) => pairs.filter(({ network, nodes }) => !secrets.made(network, ...nodes)),
    plan: ({ secrets }) =>
      pairs.flatMap(({ network, nodes }) => {
        const made = secrets.made(network, ...nodes);
        return made ? [{ summary: made.sha256, disruption: { level: 'none' }, script: ':' }] : [];
      }),
  };
  const node = answering('a');
  const step = { id: 'keys.1', kind: 'keys', name: 'keys', on: ['a'], params: {}, when: 'true' };
  const { secrets } = context;
  const surroundings = { params: {}, node, inventory, networks: [], folder: '/', values: new Map(), secrets };
  return { phase: 'keys', kind, node, step, context: surroundings };
}

async function stage(pairs: readonly KeyedPair[], over: Partial<RunContext> = {}, isNeeded = true) {
  const { context } = await stageOf(new AnsweringNodes(() => ''), inventory, over);
  const work = workOf(context, pairs);
  const reply = (id: string, code: number) => [id, { id, code, stdout: '', stderr: '' }] as const;
  const replies = new Map([reply('probe.keys.1', 0), reply('when.keys.1', isNeeded ? 0 : 1)]);
  context.observations.record(probeOf([work]), replies);
  return { context, work };
}

describe('the keys that steps ask for', () => {
  it('are made before the steps are planned, once for a pair', async () => {
    const { context, work } = await stage([pair('a', 'b'), pair('b', 'a')]);
    expect(planSteps(context, [work])).toMatchObject([{ changes: [] }]);
    makeSecrets(context, [work]);
    const sum = context.secrets.made('net', 'a', 'b')?.sha256;
    expect(planSteps(context, [work])).toMatchObject([{ changes: [{ summary: sum }, { summary: sum }] }]);
    expect(wantedSecrets(context, [work])).toEqual({ own: [], split: [] });
  });

  it('are not made by planning', async () => {
    const { context, work } = await stage([pair('a', 'b')]);
    planSteps(context, [work]);
    expect(context.secrets.made('net', 'a', 'b')).toBeUndefined();
  });

  it('are none of a step that is not needed', async () => {
    const { context, work } = await stage([pair('a', 'b')], {}, false);
    expect(wantedSecrets(context, [work])).toEqual({ own: [], split: [] });
  });

  it('are made if the run may change both, or the other isn’t a node', async () => {
    const pairs = [pair('a', 'b'), pair('a', 'c'), pair('a', 'phone')];
    const { context, work } = await stage(pairs, { chosen: new Set(['a', 'b']) });
    expect(wantedSecrets(context, [work])).toEqual({
      own: [pair('a', 'b'), pair('a', 'phone')],
      split: [pair('a', 'c')],
    });
    makeSecrets(context, [work]);
    expect(context.secrets.made('net', 'a', 'c')).toBeUndefined();
    expect(planSteps(context, [work])[0]?.changes).toHaveLength(2);
  });

  it('are not made with a node that can’t be reached', async () => {
    const { context, work } = await stage([pair('a', 'b')], { absent: new Set(['b']) });
    expect(wantedSecrets(context, [work]).split).toEqual([pair('a', 'b')]);
  });
});
