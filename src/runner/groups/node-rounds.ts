import { BridgeheadError } from '../../core/errors.js';
import type { RunContext } from '../context.js';
import { reportError } from '../events/report.js';
import { countChanges, type PlannedStep, planSteps } from '../plan/planned.js';
import { makeSecrets } from '../plan/secrets.js';
import type { StepWork } from '../plan/work.js';
import { buildRound, MAX_ROUNDS } from '../round/build-round.js';
import type { Fate, RoundEnd, RoundRequest } from '../round/run-round.js';

const summariesOf = ({ changes }: PlannedStep): string => changes.map(({ summary }) => summary).join('\n');

/** A step that wants the very same changes again has failed, whatever its scripts said. */
function throwUnsatisfied(
  before: readonly PlannedStep[],
  after: readonly PlannedStep[],
  lastRound: boolean,
): void {
  for (const step of after) {
    const earlier = before.find(({ work }) => work === step.work);
    const stuck = earlier !== undefined && summariesOf(earlier) === summariesOf(step);
    if (step.changes.length === 0 || !(stuck || lastRound)) continue;
    throw new BridgeheadError(
      'E_STEP',
      `${step.work.step.name} made its changes, yet the node still differs`,
      {
        node: step.work.node.name,
        phase: step.work.phase,
        step: step.work.step.name,
        evidence: step.changes.map(({ summary }) => `still to do: ${summary}`).join('\n'),
        fix: 'something else on the node changes it back, or refuses it: look for another tool that manages the same thing',
      },
    );
  }
}

/** What is left to do after a round: not what it has just done and others may bring about again. */
function leftAfter(before: readonly PlannedStep[], next: readonly PlannedStep[]): readonly PlannedStep[] {
  return next.map((step) => {
    const made = before.find(({ work }) => work === step.work)?.changes.map(({ summary }) => summary) ?? [];
    const changes = step.changes.filter(({ recurs, summary }) => !(recurs && made.includes(summary)));
    return { ...step, changes };
  });
}

export interface NodeApplied {
  readonly node: string;
  readonly changes: number;
  readonly fate: Fate;
  readonly error?: unknown;
}

/**
 * One node's changes of one phase. What a step changes may give a later step of the phase something to do (a service
 * whose configuration is now newer), so the node is planned again from what was read after each round.
 */
export class NodeRounds {
  readonly node: string;
  readonly #context: RunContext;
  readonly #works: readonly StepWork[];
  readonly #later: readonly StepWork[];
  #planned: readonly PlannedStep[];
  #next: readonly PlannedStep[] = [];
  #round = 1;
  #applied: NodeApplied;

  /** `later`: steps of the phases that follow, which are read again along with the phase's own. */
  constructor(context: RunContext, node: string, works: readonly StepWork[], later: readonly StepWork[]) {
    this.node = node;
    this.#context = context;
    this.#works = works;
    this.#later = later;
    this.#planned = planSteps(context, works);
    this.#applied = { node, changes: 0, fate: 'untouched' };
  }

  /** Whether there is anything to change, or left to change. */
  get isDue(): boolean {
    return this.#applied.error === undefined && this.#planned.some(({ changes }) => changes.length > 0);
  }

  get applied(): NodeApplied {
    return this.#applied;
  }

  request(): RoundRequest {
    const before = this.#planned;
    return {
      round: buildRound(this.#context, this.node, before, this.#round),
      reread: [...this.#works, ...this.#later],
      verify: () => {
        makeSecrets(this.#context, this.#works);
        this.#next = leftAfter(before, planSteps(this.#context, this.#works));
        throwUnsatisfied(before, this.#next, this.#round === MAX_ROUNDS);
      },
    };
  }

  /** How the round ended that was asked for last; what failed is told. */
  accept({ fate, error }: RoundEnd): void {
    const { node } = this;
    const { changes } = this.#applied;
    const left = this.#round > 1 && fate === 'untouched' ? 'changed' : fate;
    if (error !== undefined) {
      const { phase = this.#works[0]?.phase ?? '', step = '' } =
        error instanceof BridgeheadError ? error.details : {};
      const told = reportError(error, { node, phase });
      this.#context.emit({ type: 'step-failed', phase, step, node, error: told });
      this.#applied = { node, changes, fate: left, error };
      return;
    }
    if (fate !== 'changed') {
      this.#planned = [];
      this.#applied = { node, changes, fate: left };
      return;
    }
    this.#applied = { node, changes: changes + countChanges(this.#planned), fate };
    this.#planned = this.#next;
    this.#round += 1;
    if (!this.isDue) this.#tellBootNotes();
  }

  /** What a later round has had read by its unit is no longer among them. */
  #tellBootNotes(): void {
    const { node } = this;
    const { bootNotes, emit } = this.#context;
    const notes = bootNotes.of(node);
    bootNotes.forget(node);
    if (notes.length > 0) emit({ type: 'boot-unproven', phase: this.#works[0]?.phase ?? '', node, notes });
  }
}
