import { EXIT } from '../errors.js';
import type { Transport } from '../remote/transport.js';
import { applyPhase } from './apply.js';
import { connectAll } from './connect.js';
import { type GuardPolicy, NodeErrors, type RunContext } from './context.js';
import { type Ending, endingOf, GO, STOP } from './ending.js';
import type { EventSink, PhaseNodes, PhaseOutcome, RunEvent } from './events.js';
import { FirstLook } from './first-look.js';
import { judgePhase, judgePhases, tellGate } from './gates.js';
import { leave } from './leave.js';
import { makeContext } from './make-context.js';
import type { Measured } from './measure.js';
import type { NodeGuard } from './node-guard.js';
import { awaitOthers } from './others.js';
import type { Patience } from './patience.js';
import { countChanges, type PlannedStep, planSteps, tellPlan } from './planned.js';
import { probeAndLock, probeSteps } from './probe.js';
import { exitOf, reportError } from './report.js';
import { type Scope, type Selected, scopeOf } from './scope.js';
import { startEvent } from './start-event.js';
import { takeBackPhase } from './take-back.js';
import { refuseTorn } from './torn-pairs.js';
import type { PhaseWork, StepWork } from './work.js';

export interface RunRequest extends Selected {
  /** Run id of the journal. */
  readonly run: string;
  readonly transport: Transport;
  readonly emit: EventSink;
  readonly signal: AbortSignal;
  /** Nodes worked on at once. */
  readonly concurrency: number;
  /** How changes that could cut SSH are made; under a guard of 90 s when left out. */
  readonly guard?: GuardPolicy | undefined;
  /** Puts the nodes that a phase has changed back when that phase fails or is stopped by a gate. */
  readonly rollbackPhase?: boolean | undefined;
  readonly patience?: Partial<Patience> | undefined;
  /** The node's side of guards and locks; another one in tests. */
  readonly nodeGuard?: NodeGuard | undefined;
  /** Asked once, after every `step-planned` event and before the first change; false ends the run untouched. */
  readonly confirm?: (() => Promise<boolean>) | undefined;
}

export interface RunOutcome {
  readonly exit: number;
}

interface PlannedPhase {
  readonly phase: PhaseWork;
  readonly planned: readonly PlannedStep[];
}

const pendingIn = (plans: readonly PlannedPhase[]): number =>
  plans.reduce((sum, { planned }) => sum + countChanges(planned), 0);

class Run {
  private changes = 0;

  constructor(
    private readonly request: RunRequest,
    private readonly scope: Scope,
    private readonly context: RunContext,
  ) {}

  get changeCount(): number {
    return this.changes;
  }

  async plan(): Promise<Ending> {
    await probeSteps(this.context, { works: this.steps(), locking: new Set() });
    const plans = this.planAll();
    refuseTorn(this.request, this.scope);
    for (const { phase, planned } of plans) {
      this.startPhase(phase);
      tellPlan(this.context, planned);
      const count = countChanges(planned);
      this.changes += count;
      this.endPhase(phase, 'planned', count);
    }
    return GO;
  }

  async check(): Promise<Ending> {
    const works = this.steps().filter(({ kind }) => kind.facts);
    const look = new FirstLook(this.context, this.scope.selected);
    await probeSteps(this.context, { works, locking: new Set(), look });
    return (await this.judgeAll(look.measured())) ? GO : STOP;
  }

  async apply(): Promise<Ending> {
    const locking = new Set(this.scope.selected.flatMap(({ steps }) => steps.map(({ node }) => node.name)));
    const look = new FirstLook(this.context, [...this.scope.relied, ...this.scope.selected]);
    const works = [...new Set([...this.steps(), ...this.awaited()])];
    await probeAndLock(this.context, { works, locking, look });
    let looked = look.measured();
    let plans = this.planAll();
    refuseTorn(this.request, this.scope);
    if (pendingIn(plans) === 0 && (await this.waitForOthers())) {
      looked = undefined;
      plans = this.planAll();
    }
    if (pendingIn(plans) > 0 && this.context.locks.held.length < locking.size) {
      await probeAndLock(this.context, { works: this.steps(), locking });
      plans = this.planAll();
    }
    const pending = pendingIn(plans);
    if (this.request.confirm && pending > 0) {
      for (const { planned } of plans) tellPlan(this.context, planned);
      if (!(await this.request.confirm())) return GO;
    }
    if (!(await this.judgeRelied(looked))) return STOP;
    if (pending === 0) {
      this.context.locks.parting = true;
      return (await this.judgeAll(looked)) ? GO : STOP;
    }
    for (const [index, phase] of this.scope.selected.entries()) {
      const ending = await this.applyPhase(phase, this.scope.selected.slice(index + 1));
      if (ending.exit !== EXIT.go) return ending;
    }
    return GO;
  }

  private async applyPhase(phase: PhaseWork, later: readonly PhaseWork[]): Promise<Ending> {
    this.startPhase(phase);
    const planned = planSteps(this.context, phase.steps);
    tellPlan(this.context, planned);
    const { changes, errors, nodes } = await applyPhase(
      this.context,
      planned,
      later.flatMap(({ steps }) => steps),
    );
    this.changes += changes;
    if (errors.length > 0) return this.endBadly(phase, 'failed', { changes, nodes, errors });
    const others = await awaitOthers(this.context, phase.awaited, phase.name);
    if (others.errors.length > 0)
      return this.endBadly(phase, 'stop', { changes, nodes, errors: others.errors });
    const go = await judgePhase(this.context, this.request.inventory, phase);
    if (!go) return this.endBadly(phase, 'stop', { changes, nodes, errors });
    this.endPhase(phase, 'go', changes);
    return GO;
  }

  /** Ends a phase that is not GO: puts its nodes back where that is wanted, and names what each has. */
  private async endBadly(
    phase: PhaseWork,
    outcome: 'failed' | 'stop',
    { changes, nodes, errors }: Awaited<ReturnType<typeof applyPhase>>,
  ): Promise<Ending> {
    const wanted = this.request.rollbackPhase === true && !this.request.signal.aborted;
    const back = wanted ? await takeBackPhase(this.context, phase.name, nodes) : { nodes, errors: [] };
    const idle = new Set(phase.steps.map(({ node }) => node.name));
    for (const node of Object.values(back.nodes).flat()) idle.delete(node);
    const all = { ...back.nodes, untouched: [...back.nodes.untouched, ...idle] };
    this.endPhase(phase, outcome, changes, nodes.changed.length + errors.length > 0 ? all : undefined);
    const reported = [...errors, ...back.errors].map((error) => reportError(error, { phase: phase.name }));
    return { exit: reported.length > 0 ? exitOf(reported) : STOP.exit, errors: reported };
  }

  private steps(): StepWork[] {
    return [...this.scope.factSteps, ...this.scope.selected.flatMap(({ steps }) => steps)];
  }

  private awaited(): StepWork[] {
    return this.scope.selected.flatMap(({ awaited }) => awaited);
  }

  /** A shard with nothing to change proves the network as the others leave it. True when it had to wait. */
  private async waitForOthers(): Promise<boolean> {
    const { waited, errors } = await awaitOthers(this.context, this.awaited());
    if (errors.length > 0) throw new NodeErrors(errors);
    return waited;
  }

  private planAll(): PlannedPhase[] {
    return this.scope.selected.map((phase) => ({ phase, planned: planSteps(this.context, phase.steps) }));
  }

  /** All phases' gates, with the steps told as satisfied where the phase has been probed. */
  private judgeAll(looked: readonly Measured[] | undefined): Promise<boolean> {
    const { selected } = this.scope;
    const tell = (phase: PhaseWork, measured: readonly Measured[]): void => {
      this.startPhase(phase);
      if (this.request.command === 'apply') tellPlan(this.context, planSteps(this.context, phase.steps));
      for (const one of measured) tellGate(this.context, one);
      this.endPhase(phase, measured.every(({ go }) => go) ? 'go' : 'stop', 0);
    };
    return judgePhases(this.context, this.request.inventory, selected, tell, looked);
  }

  private async judgeRelied(looked: readonly Measured[] | undefined): Promise<boolean> {
    const { relied } = this.scope;
    if (relied.length === 0) return true;
    const tell = (_phase: PhaseWork, measured: readonly Measured[]): void => {
      for (const { work, go, summary, findings } of measured) {
        this.context.emit({
          type: 'relied-on',
          phase: work.phase,
          gate: work.gate.name,
          go,
          summary,
          findings,
        });
      }
    };
    return judgePhases(this.context, this.request.inventory, relied, tell, looked);
  }

  private startPhase(phase: PhaseWork): void {
    this.context.emit({ type: 'phase-started', phase: phase.name });
  }

  private endPhase(phase: PhaseWork, outcome: PhaseOutcome, changes: number, nodes?: PhaseNodes): void {
    this.context.emit({
      type: 'phase-ended',
      phase: phase.name,
      outcome,
      changes,
      ...(nodes === undefined ? {} : { nodes }),
    });
  }
}

/**
 * Runs the selected phases: lock, probe, plan, apply, gates; halts on the first STOP. Tells everything through `emit`,
 * its failures too. Throws InputError before anything is touched when playbook and inventory don't fit; and rethrows bugs.
 */
export async function run(request: RunRequest): Promise<RunOutcome> {
  const started = performance.now();
  const scope = scopeOf(request);
  const emit = (event: RunEvent): void =>
    request.emit({ ...event, run: request.run, at: new Date().toISOString() });
  emit(startEvent(request, scope));
  const context = makeContext({ ...request, chosen: scope.chosen, emit });
  const theRun = new Run(request, scope, context);
  let ending: Ending = GO;
  let bug: unknown;
  try {
    await connectAll(context, scope.nodes);
    ending = await theRun[request.command]();
  } catch (error) {
    ending = endingOf(error, request.signal);
    if (ending.exit === EXIT.bug) bug = error;
  } finally {
    await leave(context);
  }
  emit({
    type: 'run-ended',
    exit: ending.exit,
    changes: theRun.changeCount,
    errors: ending.errors,
    ms: Math.round(performance.now() - started),
  });
  if (bug !== undefined) throw bug;
  return { exit: ending.exit };
}
