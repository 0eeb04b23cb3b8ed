import { EXIT } from '../core/errors.js';
import { RunSecrets } from '../layers/pair-secrets.js';
import type { Facts } from '../layers/step.js';
import type { Transport } from '../remote/transport.js';
import type { Visitors } from '../visitor/visitor.js';
import { connectAll } from './connect.js';
import { type GuardPolicy, NodeErrors, type RunContext } from './context.js';
import { modeOf } from './events/commands.js';
import { type Ending, endingOf, GO, STOP } from './events/ending.js';
import type { EventSink, RunEvent } from './events/events.js';
import { emitRelied, isPartial } from './events/phase-events.js';
import { startEvent } from './events/start-event.js';
import type { Measured } from './gates/judge.js';
import { judgeSeries } from './gates/series.js';
import { releaseAll } from './locks/release.js';
import { type ContextRequest, makeContext } from './make-context.js';
import { fetchParcels, type Programs } from './parcels/send.js';
import type { Patience } from './patience.js';
import { Phases, type PhasesRequest } from './phases.js';
import { FirstLook } from './plan/first-look.js';
import { planSteps } from './plan/planned.js';
import { probeSteps } from './plan/probe.js';
import { lockLookedAt, probeAndLock } from './plan/probe-and-lock.js';
import { readReferences } from './plan/references.js';
import { refuseForeign } from './plan/refuse-foreign.js';
import { type Scope, type Selected, scopeOf } from './plan/scope.js';
import { makeSecrets } from './plan/secrets.js';
import type { StepWork } from './plan/work.js';
import type { NodeGuard } from './round/node-guard.js';
import { refuseSplit } from './shards/split-pairs.js';
import { awaitOthers } from './shards/wait.js';

export interface RunRequest extends Selected, PhasesRequest {
  /** Run id of the journal. */
  readonly run: string;
  /** Of the program, for the journal. */
  readonly version?: string | undefined;
  readonly transport: Transport;
  /** How gates measure from outside the nodes: from this machine when left out. */
  readonly visitors?: Visitors | undefined;
  readonly emit: EventSink;
  readonly signal: AbortSignal;
  /** The command that resumes it after an interruption. */
  readonly resume?: string | undefined;
  /** Nodes worked on at once. */
  readonly concurrency: number;
  /** Goes on with the nodes that can be reached; the run ends in 4 all the same. */
  readonly skipUnreachable?: boolean | undefined;
  /** Nodes that it can't go on without all the same. */
  readonly indispensable?: readonly string[] | undefined;
  /** How changes that could cut SSH are made; under a guard of 90 s when left out. */
  readonly guard?: GuardPolicy | undefined;
  readonly patience?: Partial<Patience> | undefined;
  /** The node's side of guards and locks; another one in tests. */
  readonly nodeGuard?: NodeGuard | undefined;
  /** Where programs that are sent to nodes come from. */
  readonly programs?: Programs | undefined;
  /** Asked once, after every `step-planned` event and before the first change; false ends the run untouched. */
  readonly confirm?: (() => Promise<boolean>) | undefined;
  /** Called whenever nodes were locked; see {@link ContextRequest}. */
  readonly afterLock?: ContextRequest['afterLock'];
  /**
   * What an apply does last, while every node that it may change is locked, also those that need no change: no other run can
   * come between the nodes and what it writes. Called after GO; `partial`: but for nodes that were left out. What it rejects
   * with ends the run.
   */
  readonly commit?: ((partial: boolean) => Promise<void>) | undefined;
}

export interface RunOutcome {
  readonly exit: number;
  /** The nodes' own facts at the end. */
  readonly facts: Facts;
}

/** What each command does on nodes that are connected. */
class Run {
  readonly phases: Phases;

  constructor(
    private readonly request: RunRequest,
    private readonly scope: Scope,
    private readonly context: RunContext,
  ) {
    this.phases = new Phases(context, request, scope.selected);
  }

  async plan(): Promise<Ending> {
    const ahead = this.scope.selected.map((phase) => ({
      ...phase,
      gates: phase.gates.filter(({ kind }) => kind.judgesAhead),
    }));
    const look = new FirstLook(this.context, ahead, { always: true });
    await probeSteps(this.context, { works: this.steps(), locking: new Set(), look });
    await this.provideSecrets();
    this.refuse();
    this.phases.plan(await look.measured(ahead));
    this.phases.refuse();
    return GO;
  }

  async check(): Promise<Ending> {
    const works = this.steps().filter(
      ({ kind }) => kind.facts || (this.context.absent.size > 0 && kind.hearsay),
    );
    const look = new FirstLook(this.context, this.scope.selected);
    await probeSteps(this.context, { works, locking: new Set(), look });
    return this.phases.judge(await look.measured(this.scope.selected));
  }

  async apply(): Promise<Ending> {
    const { relied, selected } = this.scope;
    const { context, phases } = this;
    const locking = new Set(selected.flatMap(({ steps }) => steps.map(({ node }) => node.name)));
    const look = this.request.commit ? undefined : new FirstLook(context, [...relied, ...selected]);
    const works = [...new Set([...this.steps(), ...this.awaited()])];
    await probeAndLock(context, { works, locking, look });
    await this.provideSecrets();
    let isFresh = phases.pending > 0 || !(await this.waitForOthers());
    if (phases.pending > 0 && !(await lockLookedAt(context, works, locking))) {
      isFresh = false;
      context.secrets.clear();
      await this.provideSecrets();
    }
    this.refuse();
    this.phases.refuse();
    if (this.request.confirm && phases.pending > 0) {
      phases.emitPlans();
      if (!(await this.request.confirm())) return GO;
      isFresh = false;
    }
    await fetchParcels(context, planSteps(context, this.own()));
    const looked = isFresh ? await look?.measured([...relied, ...phases.unchanged]) : undefined;
    return (await this.judgeRelied(looked)) ? phases.bringAbout(looked) : STOP;
  }

  private async provideSecrets(): Promise<void> {
    makeSecrets(this.context, this.own());
    await readReferences(this.context, this.own());
  }

  private refuse(): void {
    if (this.request.shard !== undefined && this.phases.pending > 0) refuseSplit(this.context, this.own());
    refuseForeign(this.context, this.own());
  }

  /** Steps that the run may make. */
  private own(): StepWork[] {
    return this.scope.selected.flatMap(({ steps }) => steps);
  }

  private steps(): StepWork[] {
    return [...this.scope.factSteps, ...this.own()];
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

  private async judgeRelied(looked: readonly Measured[] | undefined): Promise<boolean> {
    const { relied } = this.scope;
    if (relied.length === 0) return true;
    const stopped = await judgeSeries(this.context, {
      phases: relied,
      looked,
      unchanged: this.context.shard === undefined,
      measured: (_phase, measured) => {
        for (const one of measured) emitRelied(this.context, one);
      },
    });
    return stopped === undefined;
  }
}

/**
 * Runs the selected phases: lock, probe, plan, apply, gates; halts on the first STOP. Reports everything through `emit`,
 * its failures too. Throws InputError before anything is touched when playbook and inventory don't fit; and rethrows bugs.
 */
export async function run(requested: RunRequest): Promise<RunOutcome> {
  const started = performance.now();
  const request = { ...requested, secrets: new RunSecrets(requested.secrets) };
  const scope = scopeOf(request);
  const emit = (event: RunEvent): void =>
    request.emit({ ...event, run: request.run, at: new Date().toISOString() });
  emit(startEvent(request, scope));
  const context = makeContext({ ...request, chosen: scope.chosen, emit });
  let theRun = new Run(request, scope, context);
  let ending: Ending = GO;
  let bug: unknown;
  try {
    await connectAll(context, {
      nodes: scope.nodes,
      canMiss: (node) =>
        request.indispensable?.includes(node) !== true &&
        (request.skipUnreachable === true || (request.shard === undefined && !scope.chosen.has(node))),
      isWanted: (node) => scope.chosen.has(node),
    });
    if (context.absent.size > 0) theRun = new Run(request, scopeOf(request, context.absent), context);
    ending = await theRun[modeOf(request.command)]();
    if (ending.exit === EXIT.go) {
      const partial = isPartial(context);
      if (partial) ending = { exit: EXIT.unreachable, errors: [] };
      await request.commit?.(partial);
    }
  } catch (error) {
    ending = endingOf(error, request);
    if (ending.exit === EXIT.bug) bug = error;
  } finally {
    await releaseAll(context);
  }
  emit({
    type: 'run-ended',
    exit: ending.exit,
    changes: theRun.phases.changes,
    errors: ending.errors,
    ms: Math.round(performance.now() - started),
  });
  if (bug !== undefined) throw bug;
  return { exit: ending.exit, facts: context.observations };
}
