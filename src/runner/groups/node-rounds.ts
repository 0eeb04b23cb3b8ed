import { BridgeheadError } from '../../core/errors.js';
import type { RunContext } from '../context.js';
import { toReportedError } from '../events/report.js';
import { countChanges, type PlannedStep, planSteps } from '../plan/planned.js';
import type { StepWork } from '../plan/work.js';
import { buildRound, type Round } from '../round/build-round.js';
import type { RoundEnd } from '../round/run-round.js';
import { leftAfter } from '../round/verify.js';

/** What came of a phase on one node. */
export interface NodeApplied extends RoundEnd {
  readonly node: string;
  readonly changes: number;
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
  #round: Round | undefined;
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

  /** What is to be changed in the next round. */
  get planned(): readonly PlannedStep[] {
    return this.#planned;
  }

  next(): Round {
    const reread = [...this.#works, ...this.#later];
    const number = this.#round === undefined ? 1 : this.#round.number + 1;
    this.#round = buildRound(this.#context, { node: this.node, number, planned: this.#planned, reread });
    return this.#round;
  }

  /** How the last round ended; what failed is reported. */
  accept({ fate, error }: RoundEnd): void {
    const { node } = this;
    const { changes } = this.#applied;
    const isFirst = this.#round === undefined || this.#round.number === 1;
    const left = fate === 'untouched' && !isFirst ? 'changed' : fate;
    if (error !== undefined) {
      const { phase = this.#works[0]?.phase ?? '', step = '' } =
        error instanceof BridgeheadError ? error.details : {};
      const reported = toReportedError(error, { node, phase });
      this.#context.emit({ type: 'step-failed', phase, step, node, error: reported });
      this.#applied = { node, changes, fate: left, error };
      return;
    }
    if (fate !== 'changed') {
      this.#planned = [];
      this.#applied = { node, changes, fate: left };
      return;
    }
    this.#applied = { node, changes: changes + countChanges(this.#planned), fate };
    this.#planned = this.#round ? leftAfter(this.#context, this.#round) : [];
    if (!this.isDue) this.#emitBootNotes();
  }

  /** What a later round has had read by its unit is no longer among them. */
  #emitBootNotes(): void {
    const { node } = this;
    const { bootNotes, emit } = this.#context;
    const notes = bootNotes.of(node);
    bootNotes.forget(node);
    if (notes.length > 0) emit({ type: 'boot-unproven', phase: this.#works[0]?.phase ?? '', node, notes });
  }
}
