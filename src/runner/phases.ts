import type { BridgeheadError } from '../core/errors.js';
import { NodeErrors, type RunContext } from './context.js';
import { modeOf, type PlaybookCommand } from './events/commands.js';
import { type Ending, GO, STOP } from './events/ending.js';
import { emitEnd, emitGate, emitMeasuring, emitPhase } from './events/phase-events.js';
import { exitOf, toReportedError } from './events/report.js';
import type { Measured } from './gates/judge.js';
import { isGo, judgeSeries } from './gates/series.js';
import { strandedBy } from './groups/stranded.js';
import { countChanges, emitPlan, planSteps } from './plan/planned.js';
import { readReferences } from './plan/references.js';
import { makeSecrets } from './plan/secrets.js';
import type { PhaseWork } from './plan/work.js';
import { applyPhase, type PhaseApplied } from './round/apply.js';
import { awaitOthers } from './shards/wait.js';
import { revertPhase } from './undo/revert-phase.js';

export interface PhasesRequest {
  readonly command: PlaybookCommand;
  /** Reverts the nodes that a phase has changed when that phase fails or is stopped by a gate. */
  readonly rollbackPhase?: boolean | undefined;
  /** Leaves what a phase has changed on some members of a network, although it failed on others. */
  readonly keepChanged?: boolean | undefined;
  /** Keeps the locks beyond the last gates. */
  readonly commit?: unknown;
}

/** A phase that was worked on, and what came of it. */
interface Changed extends PhaseApplied {
  readonly phase: PhaseWork;
}

interface Judging {
  /** The first look at the gates. */
  readonly looked: readonly Measured[] | undefined;
  readonly changed?: Changed | undefined;
  /** Whether nothing will be changed any more, so that each node's lock is released along with its gates. */
  readonly releasing?: boolean;
}

/** The selected phases on their way to GO. */
export class Phases {
  readonly #context: RunContext;
  readonly #request: PhasesRequest;
  readonly #phases: readonly PhaseWork[];
  readonly #begun = new Set<PhaseWork>();
  #changes = 0;

  constructor(context: RunContext, request: PhasesRequest, phases: readonly PhaseWork[]) {
    this.#context = context;
    this.#request = request;
    this.#phases = phases;
  }

  /** Changes made so far, or planned if that is all that is done. */
  get changes(): number {
    return this.#changes;
  }

  /** Changes that the nodes still need, by what was last read there. */
  get pending(): number {
    return this.#phases.reduce((sum, phase) => sum + this.#pendingIn(phase), 0);
  }

  /** The phases before the first one with something to change, or somebody to wait for. */
  get unchanged(): readonly PhaseWork[] {
    const busy = this.#phases.findIndex((phase) => !this.#isIdle(phase));
    return busy < 0 ? this.#phases : this.#phases.slice(0, busy);
  }

  /**
   * Rejects with NodeErrors if a step must not be carried out: nothing is changed then. If an earlier phase has changes to
   * make, obstacles on the machine itself are left to the phase's own turn: those changes may remove them.
   */
  refuse(): void {
    const first = this.#phases.findIndex((phase) => this.#pendingIn(phase) > 0);
    const errors = this.#phases.flatMap((phase, index) =>
      this.#refusalsOf(phase, first >= 0 && index > first),
    );
    if (errors.length > 0) throw new NodeErrors(errors);
  }

  emitPlans(): void {
    for (const { steps } of this.#phases) emitPlan(this.#context, planSteps(this.#context, steps));
  }

  /** Emits what would be changed, and what gates answer beforehand, as all that the run does. */
  plan(ahead: readonly Measured[] = []): void {
    for (const phase of this.#phases) {
      this.#begin(phase);
      for (const one of ahead) if (one.work.phase === phase.name) emitGate(this.#context, one);
      const changes = this.#pendingIn(phase);
      this.#changes += changes;
      emitEnd(this.#context, phase, { outcome: 'planned', changes });
    }
  }

  /** Measures all gates with nothing changed. `looked`: the first look at them. */
  judge(looked: readonly Measured[] | undefined): Promise<Ending> {
    return this.#judge(this.#phases, { looked });
  }

  /**
   * Brings the phases about one after the other, and halts at the first that isn't GO. Those with nothing to change are
   * measured together with the one before them that was changed. `looked` is of use until the first change.
   */
  async bringAbout(looked: readonly Measured[] | undefined): Promise<Ending> {
    for (let rest = this.#phases; rest.length > 0; ) {
      const steps = rest.flatMap((phase) => phase.steps);
      makeSecrets(this.#context, steps);
      await readReferences(this.#context, steps);
      const changed = await this.#change(rest);
      if (changed && changed.errors.length > 0) return this.#endBadly(changed, 'failed');
      const busy = rest.findIndex((phase) => phase !== changed?.phase && !this.#isIdle(phase));
      const measured = busy < 0 ? rest : rest.slice(0, busy);
      const ending = await this.#judge(measured, {
        looked: changed ? undefined : looked,
        changed,
        // The locks are released with the last gates, unless they are needed after them.
        releasing: busy < 0 && !(changed && this.#request.rollbackPhase) && !this.#request.commit,
      });
      if (ending.exit !== GO.exit) return ending;
      rest = rest.slice(measured.length);
    }
    return GO;
  }

  /** Works on the first of these phases; undefined if it has nothing to change and nobody to wait for. */
  async #change([phase, ...later]: readonly PhaseWork[]): Promise<Changed | undefined> {
    if (phase === undefined || this.#isIdle(phase)) return undefined;
    this.#begin(phase);
    const errors = this.#refusalsOf(phase);
    if (errors.length > 0) {
      const untouched = [...new Set(phase.steps.map(({ node }) => node.name))];
      const nodes = { changed: [], untouched, reverted: [], unknown: [] };
      return { phase, changes: 0, errors, nodes };
    }
    const laterSteps = later.flatMap(({ steps }) => steps);
    const applied = await applyPhase(this.#context, {
      planned: planSteps(this.#context, phase.steps),
      later: laterSteps,
      keepChanged: this.#request.keepChanged === true,
    });
    this.#changes += applied.changes;
    return { phase, ...applied };
  }

  async #judge(phases: readonly PhaseWork[], judging: Judging): Promise<Ending> {
    const { looked, changed, releasing } = judging;
    if (changed) {
      const { errors } = await awaitOthers(this.#context, changed.phase.awaited, changed.phase.name);
      if (errors.length > 0) return this.#endBadly({ ...changed, errors }, 'stop');
    }
    const stopped = await judgeSeries(this.#context, {
      phases,
      looked,
      releasing,
      // What other shards do meanwhile is a change, too.
      unchanged: this.#changes === 0 && this.#context.shard === undefined,
      changed: changed?.phase,
      measuring: (phase) => {
        this.#begin(phase);
        emitMeasuring(this.#context, phase);
      },
      measured: (phase, measured) => {
        this.#begin(phase);
        for (const one of measured) emitGate(this.#context, one);
        const changes = phase === changed?.phase ? changed.changes : 0;
        if (isGo(measured)) emitEnd(this.#context, phase, { outcome: 'go', changes });
      },
    });
    if (stopped === undefined) return GO;
    if (stopped === changed?.phase) return this.#endBadly(changed, 'stop');
    emitEnd(this.#context, stopped, { outcome: 'stop', changes: 0 });
    return STOP;
  }

  /** Ends a phase that is not GO: reverts its nodes if that is wanted, and names what each has. */
  async #endBadly(changed: Changed, outcome: 'failed' | 'stop'): Promise<Ending> {
    const { phase, changes, nodes, errors } = changed;
    const wanted = this.#request.rollbackPhase === true && !this.#context.signal.aborted;
    const after = wanted ? await revertPhase(this.#context, phase.name, nodes) : { nodes, errors: [] };
    const idle = new Set(phase.steps.map(({ node }) => node.name));
    for (const node of Object.values(after.nodes).flat()) idle.delete(node);
    const all = { ...after.nodes, untouched: [...after.nodes.untouched, ...idle] };
    const isReported = nodes.changed.length + errors.length > 0;
    emitEnd(this.#context, phase, { outcome, changes, nodes: isReported ? all : undefined });
    const reported = [...errors, ...after.errors].map((error) =>
      toReportedError(error, { phase: phase.name }),
    );
    return { exit: reported.length > 0 ? exitOf(reported) : STOP.exit, errors: reported };
  }

  #begin(phase: PhaseWork): void {
    if (this.#begun.has(phase)) return;
    this.#begun.add(phase);
    emitPhase(this.#context, phase);
    if (this.#request.command !== 'check') emitPlan(this.#context, planSteps(this.#context, phase.steps));
  }

  #refusalsOf({ steps }: PhaseWork, isLater = false): BridgeheadError[] {
    const refused = steps.flatMap((work) => this.#context.observations.refusals(work, isLater));
    const { command, keepChanged } = this.#request;
    if (modeOf(command) !== 'apply' || this.#context.absent.size === 0) return refused;
    const planned = planSteps(this.#context, steps);
    return [...refused, ...strandedBy(this.#context, planned, keepChanged)];
  }

  #pendingIn({ steps }: PhaseWork): number {
    return countChanges(planSteps(this.#context, steps));
  }

  #isIdle({ steps, awaited }: PhaseWork): boolean {
    if (steps.some((work) => this.#context.observations.refusals(work).length > 0)) return false;
    return countChanges(planSteps(this.#context, [...steps, ...awaited])) === 0;
  }
}
