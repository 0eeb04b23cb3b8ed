import type { UndonePhase } from '../../guard/index.js';
import { sanitize } from '../../remote/sanitize.js';
import type { RunContext } from '../context.js';
import type { AnnouncedPhase, PlannedChange } from '../events/events.js';
import { toReportedError } from '../events/report.js';
import type { NodeRuns } from './kept-runs.js';
import { type KeptPhase, keptPhases, thingsText } from './kept-things.js';
import { undoLabel } from './labels.js';

const LINE_LENGTH = 200;

/** One phase of the earlier run on one node, as a step of the undo. */
interface UndoStep {
  readonly step: string;
  readonly change: PlannedChange;
}

function changeOf(phase: KeptPhase): PlannedChange {
  const { label, interfaces } = phase;
  const detail = `resets ${interfaces.join(', ')}: sessions over it may end`;
  return {
    summary: `undo ${label}${thingsText(phase)}`,
    disruption: interfaces.length === 0 ? { level: 'none' } : { level: 'outage', detail },
  };
}

/** The newest first, as they are undone. */
function stepsOf(undoing: string, { runs }: NodeRuns): UndoStep[] {
  return runs
    .filter(({ run }) => run === undoing)
    .flatMap(keptPhases)
    .filter(({ isStanding }) => isStanding)
    .map((phase) => ({ step: phase.label, change: changeOf(phase) }))
    .toReversed();
}

/** The phase of an undo, as the start of its run announces it. */
export function undoPhase(undoing: string, kept: readonly NodeRuns[]): AnnouncedPhase {
  const steps = kept.flatMap((one) => stepsOf(undoing, one).map(({ step }) => step));
  return { name: undoLabel(undoing), steps: [...new Set(steps)], gates: [] };
}

/** Emits what is to be undone of a run, on each node and for each of its phases. */
export function emitUndoPlan(
  { emit }: Pick<RunContext, 'emit'>,
  undoing: string,
  kept: readonly NodeRuns[],
): void {
  for (const one of kept) {
    for (const { step, change } of stepsOf(undoing, one)) {
      const at = { phase: undoLabel(undoing), step, name: step, node: one.node };
      emit({ type: 'step-planned', ...at, changes: [change] });
    }
  }
}

/** Emits how the undo of a run goes on one node. */
export class UndoProgress {
  readonly #emit: RunContext['emit'];
  readonly #phase: string;
  readonly #node: string;
  readonly #steps: readonly UndoStep[];
  #startedAt: number | undefined;
  #done: ReadonlySet<string> = new Set();

  constructor({ emit }: Pick<RunContext, 'emit'>, undoing: string, kept: NodeRuns) {
    this.#emit = emit;
    this.#phase = undoLabel(undoing);
    this.#node = kept.node;
    this.#steps = stepsOf(undoing, kept);
  }

  get isBegun(): boolean {
    return this.#startedAt !== undefined;
  }

  /** How many changes the node has made. */
  get changes(): number {
    return this.#done.size;
  }

  begin(): void {
    this.#startedAt = performance.now();
    for (const { step, change } of this.#steps) {
      this.#emit({ type: 'change-started', ...this.#at(step), summary: change.summary });
    }
  }

  armed(seconds: number): void {
    this.#emit({ type: 'guard-armed', phase: this.#phase, node: this.#node, seconds });
  }

  /** `phases`: what the node says of each; one of which something could not be undone isn't done. */
  end(phases: readonly UndonePhase[]): void {
    const ms = Math.round(performance.now() - (this.#startedAt ?? 0));
    const failed = new Set(phases.flatMap((one) => (one.failed.length > 0 ? [one.phase] : [])));
    const done = this.#steps.filter(({ step }) => !failed.has(step));
    this.#done = new Set(done.map(({ step }) => step));
    for (const { step, change } of done) {
      const items = phases.find(({ phase }) => phase === step)?.undone ?? [];
      this.#emit({
        type: 'change-done',
        ...this.#at(step),
        summary: change.summary,
        ms,
        ...(items.length > 0 && { items: items.map((item) => sanitize(item, LINE_LENGTH)) }),
      });
    }
  }

  /** Of what was not done, or all of it if that was reverted. */
  failed(error: unknown): void {
    const left = this.#steps.find(({ step }) => !this.#done.has(step)) ?? this.#steps[0];
    if (left === undefined) return;
    const at = this.#at(left.step);
    this.#emit({ type: 'step-failed', ...at, error: toReportedError(error, { ...at, step: left.step }) });
  }

  #at(step: string): { readonly phase: string; readonly step: string; readonly node: string } {
    return { phase: this.#phase, step, node: this.#node };
  }
}
