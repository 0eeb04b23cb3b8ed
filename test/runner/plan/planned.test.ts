import { NO_TOUCHES } from '../../../src/guard/index.js';
import { packageStep } from '../../../src/layers/host/steps/package.js';
import type { Change } from '../../../src/layers/step.js';
import type { RunContext } from '../../../src/runner/context.js';
import type { RunEvent } from '../../../src/runner/events/events.js';
import { emitPlan } from '../../../src/runner/plan/planned.js';
import type { StepWork } from '../../../src/runner/plan/work.js';
import { NO_FACTS, stepContext } from '../../support/step-context.js';

/** The changes as the plan of a step with these is reported. */
function reported(changes: readonly Change[]) {
  const events: RunEvent[] = [];
  const observations = { skipped: () => undefined };
  const context = { emit: (event: RunEvent) => events.push(event), observations };
  const work = { phase: 'one', step: { id: 'one.step-1', name: 'x' }, node: { name: 'a' } };
  emitPlan(context as unknown as RunContext, [{ work: work as unknown as StepWork, changes }]);
  return events.flatMap((event) => (event.type === 'step-planned' ? event.changes : []));
}

it('says of a package, which no guard and no undo removes, that it stays', () => {
  const changes = packageStep.plan(stepContext({ names: ['nftables'] }), { installed: new Set() }, NO_FACTS);
  expect(reported(changes)).toEqual([
    { summary: 'install nftables', disruption: { level: 'none' }, stays: true },
  ]);
});

it('does not say so of what is kept before it is changed', () => {
  const what = { summary: 'write x', disruption: { level: 'none' } } as const;
  expect(reported([{ ...what, script: '', touches: NO_TOUCHES }])).toEqual([what]);
});
