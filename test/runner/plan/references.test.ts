import { inspect } from 'node:util';
import type { SecretRef } from '../../../src/core/secrets/reference.js';
import type { StepKind } from '../../../src/layers/step.js';
import { NodeErrors } from '../../../src/runner/context.js';
import { probeOf } from '../../../src/runner/plan/node-probe.js';
import { planSteps } from '../../../src/runner/plan/planned.js';
import { readReferences } from '../../../src/runner/plan/references.js';
import type { StepWork } from '../../../src/runner/plan/work.js';
import { AnsweringNodes, answering, inventoryOf, stageOf } from '../../support/answering-nodes.js';

const NAME = 'BRIDGEHEAD_TEST_KEY';
const REF: SecretRef = { what: 'networks.tail.authKey', env: NAME };

/** A step on `a` that wants a secret unless it is not needed, and says how long that is. */
async function stage(isNeeded = true) {
  const { context } = await stageOf(new AnsweringNodes(() => ''), inventoryOf(answering('a')));
  const kind: StepKind = {
    kind: 'join',
    schema: {},
    probe: () => ({ script: ':', parse: () => undefined }),
    wantedReferences: () => [REF],
    plan: ({ secrets }) => {
      const length = secrets.read(REF)?.reveal().length;
      return [{ summary: `join with ${length} letters`, disruption: { level: 'none' }, script: ':' }];
    },
  };
  const step = { id: 'join.1', kind: 'join', name: 'join', on: ['a'], params: {}, when: 'true' };
  const { secrets, inventory } = context;
  const node = answering('a');
  const surroundings = { params: {}, node, inventory, networks: [], folder: '/', values: new Map(), secrets };
  const work: StepWork = { phase: 'join', kind, node, step, context: surroundings };
  const reply = (id: string, code: number) => [id, { id, code, stdout: '', stderr: '' }] as const;
  const replies = new Map([reply('probe.join.1', 0), reply('when.join.1', isNeeded ? 0 : 1)]);
  context.observations.record(probeOf([work]), replies);
  return { context, work };
}

describe('secrets that the inventory refers to', () => {
  afterEach(() => {
    delete process.env[NAME];
  });

  it('are read before the steps are planned, and kept for the run', async () => {
    process.env[NAME] = 'abc';
    const { context, work } = await stage();
    await readReferences(context, [work, work]);
    expect(planSteps(context, [work])[0]?.changes[0]?.summary).toBe('join with 3 letters');
    delete process.env[NAME];
    await readReferences(context, [work]);
    expect(inspect(context.secrets, { depth: 9 })).not.toContain('abc');
  });

  it('are an error of the run if they can’t be read', async () => {
    const { context, work } = await stage();
    const error: unknown = await readReferences(context, [work]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NodeErrors);
    expect((error as NodeErrors).errors).toMatchObject([{ code: 'E_SECRET' }]);
  });

  it('are not read for a step that is not needed', async () => {
    const { context, work } = await stage(false);
    await readReferences(context, [work]);
    expect(context.secrets.read(REF)).toBeUndefined();
  });
});
