import type { GateContext, GateProbe } from '../../layers/gate.js';
import type { Facts } from '../../layers/step.js';
import type { Node } from '../../model/inventory.js';
import type { Fragment } from '../../remote/program.js';
import type { RunContext } from '../context.js';
import type { Refusals } from '../groups/anew.js';
import { FIRST_LOOK_SECONDS, UNCHANGED_SECONDS } from '../patience.js';
import type { GateWork } from '../plan/work.js';
import { judge, type Measured, type Replies } from './judge.js';
import { measureOutside, type OutsideAnswers } from './outside.js';
import { type AskedGate, gateFragments, gateReplies } from './question.js';
import type { Survey } from './survey.js';

/** Which gates are put to their nodes, and how. */
export interface MeasureRequest {
  readonly gates: readonly GateWork[];
  /** Gates that are given no more than a first look; none when left out. */
  readonly hurried?: readonly GateWork[];
  /** The run has changed nothing so far: gates wait only for what comes about by itself. */
  readonly unchanged?: boolean;
  /** Whether the locks that the run holds are released by the same programs. */
  readonly releasing?: boolean | undefined;
  /** What was measured before of the same gates. */
  readonly before?: readonly Measured[];
}

/** Seconds that a gate may go on trying: the parameter `within`, or its own default, less if nothing was changed. */
function patienceOf({ kind, gate }: GateWork, unchanged: boolean): number {
  const within = (gate.params as { readonly within?: unknown } | null)?.within;
  if (typeof within === 'number') return within;
  return unchanged ? Math.min(kind.patience, kind.settling ?? UNCHANGED_SECONDS) : kind.patience;
}

interface Asking {
  readonly patience: number;
  readonly recall: unknown;
  readonly facts: Facts;
}

function gateContext(
  run: RunContext,
  work: GateWork,
  { patience, recall, facts }: Asking,
): GateContext<unknown> {
  return {
    recall,
    params: work.gate.params,
    inventory: run.inventory,
    networks: work.networks,
    patience,
    token: run.token,
    counts: run.counts,
    ...(run.shard && { lane: run.shard }),
    facts,
    measured: work.nodes.map(({ name }) => name),
    absent: work.absent,
  };
}

function nodeNamed({ nodes, gate }: GateWork, name: string): Node {
  const node = nodes.find((one) => one.name === name);
  if (node === undefined) throw new TypeError(`gate ${gate.id} is not measured on ${name}`);
  return node;
}

interface Answers {
  readonly replies: Replies;
  readonly outside: OutsideAnswers;
  readonly refusals?: Refusals;
}

/** Facts, for one who has to know whether one was asked for that nobody has learned yet. */
const noticing = (facts: Facts, missed: () => void): Facts => ({
  get(node, key) {
    const fact = facts.get(node, key);
    if (fact === undefined) missed();
    return fact;
  },
  isAbsent: (node) => facts.isAbsent?.(node) === true,
});

/** Gates put to all their nodes as one question; nothing has been asked yet. */
export class GateQuestion {
  readonly #contexts = new Map<GateWork, GateContext<unknown>>();
  readonly #probes = new Map<GateWork, Map<string, GateProbe>>();
  readonly #run: RunContext;
  readonly #haste: boolean;
  /** Gates whose probes asked for facts that nobody has learned yet. */
  readonly #premature = new Set<GateWork>();
  /** Seconds that all the gates may take together on a node. */
  readonly seconds: number;

  constructor(run: RunContext, { gates, hurried = [], unchanged = false, before = [] }: MeasureRequest) {
    this.#run = run;
    this.#haste = gates.every((work) => hurried.includes(work));
    let seconds = 0;
    for (const work of gates) {
      const cap = hurried.includes(work) ? FIRST_LOOK_SECONDS : run.patience.gate;
      const patience = Math.min(patienceOf(work, unchanged), run.patience.gate, cap);
      const recall = before.find((one) => one.work === work)?.recall;
      const facts = this.#haste
        ? noticing(run.observations, () => this.#premature.add(work))
        : run.observations;
      this.#contexts.set(work, gateContext(run, work, { patience, recall, facts }));
      seconds += patience;
    }
    this.seconds = seconds;
  }

  /** Names of the nodes that are asked. */
  get nodes(): readonly string[] {
    return [...new Set([...this.#contexts.keys()].flatMap(({ nodes }) => nodes.map(({ name }) => name)))];
  }

  /** Names of the nodes that must be logged into again, and the seconds that this may take. */
  get anew(): { readonly names: readonly string[]; readonly seconds: number } {
    const asking = [...this.#contexts].filter(([{ kind }]) => kind.anew === true);
    return {
      names: [...new Set(asking.flatMap(([{ nodes }]) => nodes.map(({ name }) => name)))],
      seconds: Math.max(0, ...asking.map(([, { patience }]) => patience)),
    };
  }

  /** What a gate asks of one of its nodes, put together once. */
  #probe(work: GateWork, name: string): GateProbe {
    const known = this.#probes.get(work) ?? new Map<string, GateProbe>();
    this.#probes.set(work, known);
    const probe = known.get(name) ?? work.kind.probe(this.#contextOf(work), nodeNamed(work, name));
    known.set(name, probe);
    return probe;
  }

  /** Leaves out the gates whose probes would be others with facts that the nodes haven't been asked for yet. */
  leaveOutPremature(): void {
    for (const work of this.#contexts.keys()) for (const { name } of work.nodes) this.#probe(work, name);
    for (const work of this.#premature) this.#contexts.delete(work);
  }

  #contextOf(work: GateWork): GateContext<unknown> {
    const context = this.#contexts.get(work);
    if (context === undefined) throw new TypeError(`gate ${work.gate.id} is not part of the question`);
    return context;
  }

  /** What the gates have to know of a node before they are put to it. */
  surveyOf(name: string): readonly Survey[] {
    return [...this.#contexts].flatMap(([work, context]) => {
      if (!work.nodes.some((node) => node.name === name)) return [];
      const question = work.kind.survey?.(context, nodeNamed(work, name));
      return question === undefined ? [] : [{ id: `survey.${work.gate.id}`, work, question }];
    });
  }

  /** What a node answered to a gate's survey. */
  surveyed(name: string, work: GateWork, answer: unknown): void {
    const context = this.#contextOf(work);
    const surveyed = new Map([...(context.surveyed ?? []), [name, answer]]);
    this.#contexts.set(work, { ...context, surveyed });
  }

  #askedOf(name: string): readonly AskedGate[] {
    return [...this.#contexts]
      .filter(([{ nodes }]) => nodes.some((node) => node.name === name))
      .map(([work, { patience }]) => ({ id: work.gate.id, probe: this.#probe(work, name), patience }));
  }

  fragments(name: string): Fragment[] {
    return gateFragments(this.#askedOf(name), { token: this.#run.token, haste: this.#haste });
  }

  /**
   * Has the gates measure from this machine what they measure there, until the run or the signal of the gate is aborted. Never
   * rejects.
   */
  outside(givingUp: (work: GateWork) => AbortSignal | undefined): Promise<OutsideAnswers> {
    const { signal } = this.#run;
    return measureOutside(this.#run, this.#contexts, (work) => {
      const own = givingUp(work);
      return own === undefined ? signal : AbortSignal.any([signal, own]);
    });
  }

  /** Whether all nodes of a gate have answered it. */
  isAnswered({ nodes, gate }: GateWork, replies: Replies): boolean {
    return nodes.every(({ name }) => {
      const all = replies.get(name);
      return all !== undefined && gateReplies(this.#askedOf(name), all).has(gate.id);
    });
  }

  /** Judges the gates that all their nodes have answered. In haste some may not have been asked everywhere. */
  judge({ replies, outside, refusals = new Map() }: Answers): Measured[] {
    const own = new Map(
      [...replies].map(([name, all]) => [name, gateReplies(this.#askedOf(name), all)] as const),
    );
    const isAnswered = (work: GateWork): boolean =>
      work.nodes.every(({ name }) => own.get(name)?.has(work.gate.id)) &&
      (work.kind.outside === undefined || outside.has(work));
    return [...this.#contexts].flatMap(([work, context]) => {
      if (this.#haste && !isAnswered(work)) return [];
      const probeOf = (name: string): GateProbe => this.#probe(work, name);
      return [judge(this.#run, { work, context, refusals, probeOf, outside: outside.get(work) }, own)];
    });
  }
}
