import type { Change } from '../../layers/step.js';
import type { RunContext } from '../context.js';
import type { StepWork } from './work.js';

/** A step on a node with what it would change there. */
export interface PlannedStep {
  readonly work: StepWork;
  readonly changes: readonly Change[];
}

export function planSteps(context: RunContext, works: readonly StepWork[]): PlannedStep[] {
  return works.map((work) => ({ work, changes: context.observations.plan(work) }));
}

/** Emits each step's plan, the satisfied ones too. */
export function emitPlan(context: RunContext, planned: readonly PlannedStep[]): void {
  for (const { work, changes } of planned) {
    const skipped = context.observations.skipped(work);
    context.emit({
      type: 'step-planned',
      phase: work.phase,
      step: work.step.id,
      name: work.step.name,
      node: work.node.name,
      changes: changes.map(({ summary, disruption, diff, creates, retires, touches }) => ({
        summary,
        disruption,
        ...(diff === undefined ? {} : { diff }),
        ...(creates === undefined ? {} : { creates }),
        ...(retires === undefined ? {} : { retires }),
        ...(touches === undefined ? { stays: true } : {}),
      })),
      ...(skipped === undefined ? {} : { skipped }),
    });
  }
}

export const countChanges = (planned: readonly PlannedStep[]): number =>
  planned.reduce((sum, { changes }) => sum + changes.length, 0);
