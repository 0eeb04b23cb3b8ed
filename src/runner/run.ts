import { resolve } from 'node:path';
import { BridgeheadError, EXIT } from '../errors.js';
import type { Inventory, Node } from '../inventory/types.js';
import type { Playbook } from '../playbook/types.js';
import type { Connection, Transport } from '../remote/transport.js';
import { limitSecrets, type PairSecrets, RunSecrets } from '../steps/pair-secrets.js';
import { applyPhase, countChanges, type PlannedStep, planSteps, tellPlan } from './apply.js';
import { connectAll } from './connect.js';
import { NodeErrors, type RunContext } from './context.js';
import type { Command, EventSink, PhaseOutcome, ReportedError, RunEvent } from './events.js';
import { judgePhase, judgePhases, tellGate } from './gates.js';
import { Observations } from './observations.js';
import { probeSteps } from './probe.js';
import { exitOf, reportError } from './report.js';
import { layOut, type PhaseWork, type StepWork } from './work.js';

export interface RunRequest {
  readonly command: Command;
  /** Run id of the journal. */
  readonly run: string;
  readonly inventory: Inventory;
  readonly playbook: Playbook;
  /** Phase names; empty means all. Earlier phases that are not selected are relied on, and measured. */
  readonly phases: readonly string[];
  /** Node names; empty means all. The others are read, never changed. */
  readonly only: readonly string[];
  readonly transport: Transport;
  readonly emit: EventSink;
  readonly signal: AbortSignal;
  /** Nodes worked on at once. */
  readonly concurrency: number;
  /** Keys that pairs of nodes are to be given; others are made where two don't agree. */
  readonly secrets?: PairSecrets;
  /** Facts about nodes that are then left alone, by node name; for those that are worked on it is not read. */
  readonly given?: GivenFacts;
  /** Asked once, after every `step-planned` event and before the first change; false ends the run untouched. */
  readonly confirm?: () => Promise<boolean>;
}

/** What is known of nodes that aren't asked: their facts, by node name. */
export type GivenFacts = ReadonlyMap<string, Readonly<Record<string, string>>>;

export interface RunOutcome {
  readonly exit: number;
}

/** What a run is about: the phases chosen, those they stand on, and the nodes. */
interface Scope {
  readonly selected: readonly PhaseWork[];
  readonly relied: readonly PhaseWork[];
  /** Steps of other phases whose facts the selected ones need. */
  readonly factSteps: readonly StepWork[];
  readonly nodes: readonly Node[];
  readonly chosen: ReadonlySet<string>;
}

function scopeOf({ inventory, playbook, phases, only, command, secrets, given }: RunRequest): Scope {
  const chosen = new Set(only.length === 0 ? inventory.nodes.map(({ name }) => name) : only);
  const untouched = new Set(inventory.nodes.map(({ name }) => name).filter((name) => !chosen.has(name)));
  const all = layOut(
    inventory,
    playbook,
    limitSecrets(secrets ?? new RunSecrets(), (name) => !untouched.has(name)),
  );
  const selected = phases.length === 0 ? all : all.filter(({ name }) => phases.includes(name));
  const firstSelected = all.findIndex((phase) => selected.includes(phase));
  const relied =
    command === 'apply' ? all.slice(0, firstSelected).filter((phase) => !selected.includes(phase)) : [];
  const restricted = selected.map((phase) => ({
    ...phase,
    steps: phase.steps.filter(({ node }) => chosen.has(node.name)),
  }));
  const changed = new Set(restricted.flatMap(({ steps }) => steps));
  const factSteps = all.flatMap(({ steps }) => steps).filter((work) => work.kind.facts && !changed.has(work));
  const peers = new Set(
    inventory.networks
      .filter(({ members }) => members.some(({ node }) => chosen.has(node)))
      .flatMap(({ members }) => members.map(({ node }) => node)),
  );
  const isAsked = (name: string) => chosen.has(name) || (peers.has(name) && given?.has(name) !== true);
  const nodes = inventory.nodes.filter(({ name }) => isAsked(name));
  const known = new Set(nodes);
  const reachable = (phase: PhaseWork): PhaseWork => ({
    ...phase,
    gates: phase.gates.map((work) => ({ ...work, nodes: work.nodes.filter((node) => known.has(node)) })),
  });
  return {
    selected: restricted.map(reachable),
    relied: relied.map(reachable),
    factSteps: factSteps.filter(({ node }) => known.has(node)),
    nodes,
    chosen,
  };
}

interface Ending {
  readonly exit: number;
  readonly errors: readonly ReportedError[];
}

const GO: Ending = { exit: EXIT.go, errors: [] };
const STOP: Ending = { exit: EXIT.stop, errors: [] };

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
    await this.probe();
    for (const { phase, planned } of this.planAll()) {
      this.startPhase(phase);
      tellPlan(this.context, planned);
      const count = countChanges(planned);
      this.changes += count;
      this.endPhase(phase, 'planned', count);
    }
    return GO;
  }

  async check(): Promise<Ending> {
    await probeSteps(
      this.context,
      this.scope.factSteps.concat(
        this.scope.selected.flatMap(({ steps }) => steps.filter(({ kind }) => kind.facts)),
      ),
    );
    return (await this.judgeAll(this.scope.selected)) ? GO : STOP;
  }

  async apply(): Promise<Ending> {
    await this.probe();
    const plans = this.planAll();
    const pending = plans.reduce((sum, { planned }) => sum + countChanges(planned), 0);
    if (this.request.confirm && pending > 0) {
      for (const { planned } of plans) tellPlan(this.context, planned);
      if (!(await this.request.confirm())) return GO;
    }
    if (!(await this.judgeRelied())) return STOP;
    if (pending === 0) return (await this.judgeAll(this.scope.selected)) ? GO : STOP;
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
    const { changes, errors } = await applyPhase(
      this.context,
      planned,
      later.flatMap(({ steps }) => steps),
    );
    this.changes += changes;
    if (errors.length > 0) {
      this.endPhase(phase, 'failed', changes);
      const reported = errors.map((error) => reportError(error, { phase: phase.name }));
      return { exit: exitOf(reported), errors: reported };
    }
    const go = await judgePhase(this.context, this.request.inventory, phase);
    this.endPhase(phase, go ? 'go' : 'stop', changes);
    return go ? GO : STOP;
  }

  private probe(): Promise<void> {
    return probeSteps(this.context, [
      ...this.scope.factSteps,
      ...this.scope.selected.flatMap(({ steps }) => steps),
    ]);
  }

  private planAll(): { phase: PhaseWork; planned: PlannedStep[] }[] {
    return this.scope.selected.map((phase) => ({ phase, planned: planSteps(this.context, phase.steps) }));
  }

  /** All phases' gates, with the steps told as satisfied where the phase has been probed. */
  private judgeAll(phases: readonly PhaseWork[]): Promise<boolean> {
    return judgePhases(this.context, this.request.inventory, phases, (phase, measured) => {
      this.startPhase(phase);
      if (this.request.command === 'apply') tellPlan(this.context, planSteps(this.context, phase.steps));
      for (const one of measured) tellGate(this.context, one);
      this.endPhase(phase, measured.every(({ go }) => go) ? 'go' : 'stop', 0);
    });
  }

  private async judgeRelied(): Promise<boolean> {
    if (this.scope.relied.length === 0) return true;
    return judgePhases(this.context, this.request.inventory, this.scope.relied, (_phase, measured) => {
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
    });
  }

  private startPhase(phase: PhaseWork): void {
    this.context.emit({ type: 'phase-started', phase: phase.name });
  }

  private endPhase(phase: PhaseWork, outcome: PhaseOutcome, changes: number): void {
    this.context.emit({ type: 'phase-ended', phase: phase.name, outcome, changes });
  }
}

function startEvent({ command, inventory, playbook }: RunRequest, scope: Scope): RunEvent {
  return {
    type: 'run-started',
    command,
    inventory: { file: resolve(inventory.file), name: inventory.name },
    playbook: { file: resolve(playbook.file), name: playbook.name },
    nodes: [...scope.chosen],
    phases: scope.selected.map(({ name, description, steps, gates }) => ({
      name,
      description,
      steps: [...new Set(steps.map(({ step }) => step.name))],
      gates: gates.map(({ gate }) => gate.name),
    })),
  };
}

async function closeAll(connections: ReadonlyMap<string, Connection>): Promise<void> {
  await Promise.all([...connections.values()].map((connection) => connection.close()));
}

function endingOf(error: unknown, signal: AbortSignal): Ending {
  if (signal.aborted) {
    const interrupted = new BridgeheadError('E_INTERRUPTED', 'interrupted', {
      fix: 'bridgehead apply --resume goes on',
      cause: error,
    });
    return { exit: EXIT.interrupted, errors: [reportError(interrupted)] };
  }
  const errors = (error instanceof NodeErrors ? error.errors : [error]).map((one) => reportError(one));
  return { exit: exitOf(errors), errors };
}

/**
 * Runs the selected phases: probe, plan, apply, gates; halts on the first STOP. Tells everything through `emit`, its
 * failures too. Throws InputError before anything is touched when playbook and inventory don't fit; and rethrows bugs.
 */
export async function run(request: RunRequest): Promise<RunOutcome> {
  const started = performance.now();
  const scope = scopeOf(request);
  const emit = (event: RunEvent): void =>
    request.emit({ ...event, run: request.run, at: new Date().toISOString() });
  emit(startEvent(request, scope));
  const observations = new Observations(request.given);
  const base = {
    emit,
    signal: request.signal,
    concurrency: request.concurrency,
    observations,
    chosen: scope.chosen,
  };
  let connections: ReadonlyMap<string, Connection> = new Map();
  let ending: Ending = GO;
  let theRun: Run | undefined;
  let bug: unknown;
  try {
    connections = await connectAll(request.transport, scope.nodes, base);
    const token = request.run.replaceAll(/[^A-Za-z0-9]/g, '');
    theRun = new Run(request, scope, { ...base, connections, token });
    ending = await theRun[request.command]();
  } catch (error) {
    ending = endingOf(error, request.signal);
    if (ending.exit === EXIT.bug) bug = error;
  } finally {
    await closeAll(connections);
  }
  emit({
    type: 'run-ended',
    exit: ending.exit,
    changes: theRun?.changeCount ?? 0,
    errors: ending.errors,
    ms: Math.round(performance.now() - started),
  });
  if (bug !== undefined) throw bug;
  return { exit: ending.exit };
}
