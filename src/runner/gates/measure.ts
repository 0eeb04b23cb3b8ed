import { rejections } from '../../core/settled.js';
import type { Finding, GateContext, GateProbe } from '../../layers/gate.js';
import { readReplies } from '../../layers/shared/verdict.js';
import type { Node } from '../../model/inventory.js';
import { execute } from '../../remote/execute.js';
import { answerTo } from '../../remote/part.js';
import type { Fragment, FragmentReply } from '../../remote/program.js';
import { connectionOf, NodeErrors, type RunContext } from '../context.js';
import { toReportedError } from '../events/report.js';
import { type Refusals, refusedFindings, renewLogins } from '../groups/anew.js';
import { FIRST_LOOK_SECONDS, UNCHANGED_SECONDS } from '../patience.js';
import type { GateWork } from '../plan/work.js';
import { type AskedGate, gateFragments, gateReplies } from './question.js';

const SPARE_SECONDS = 30;

/** What a gate answered, for the nodes that the run is about. */
export interface Measured {
  readonly work: GateWork;
  readonly go: boolean;
  /** None of its nodes could be reached: neither GO nor STOP. */
  readonly unmeasured?: boolean;
  readonly summary: string;
  readonly findings: readonly Finding[];
  /** What the gate wants to be given when it is measured again. */
  readonly recall?: unknown;
}

/** Seconds that a gate may go on trying: the parameter `within`, or its own default, less if nothing was changed. */
function patienceOf({ kind, gate }: GateWork, unchanged: boolean): number {
  const within = (gate.params as { readonly within?: unknown } | null)?.within;
  if (typeof within === 'number') return within;
  return unchanged ? Math.min(kind.patience, kind.settling ?? UNCHANGED_SECONDS) : kind.patience;
}

export type Replies = ReadonlyMap<string, ReadonlyMap<string, FragmentReply>>;

function gateContext(
  run: RunContext,
  work: GateWork,
  { patience, recall }: { readonly patience: number; readonly recall: unknown },
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
    facts: run.observations,
    measured: work.nodes.map(({ name }) => name),
  };
}

interface Judging {
  readonly work: GateWork;
  readonly context: GateContext<unknown>;
  readonly refusals: Refusals;
  readonly probeOf: (node: string) => GateProbe;
}

/** GO needs a finding for every chosen node, and every finding to be GO. */
function judge(run: RunContext, { work, context, refusals, probeOf }: Judging, replies: Replies): Measured {
  if (work.nodes.length === 0 && work.absent.length > 0) {
    const summary = `not measured: ${work.absent.join(', ')} left out`;
    return { work, go: false, unmeasured: true, summary, findings: [] };
  }
  const own = new Map<string, FragmentReply>();
  for (const { name } of work.nodes) {
    const reply = replies.get(name)?.get(work.gate.id);
    if (reply) own.set(name, reply);
  }
  const verdict = work.kind.verdict(context, readReplies(context, own, probeOf));
  const refused = refusedFindings(work, refusals);
  const findings = [
    ...verdict.findings.filter((finding) => !refused.some(({ node }) => node === finding.node)),
    ...refused,
  ].filter(({ node, peer }) => run.counts(node, peer));
  const measured = new Set(findings.map(({ node }) => node));
  const missing = work.nodes
    .filter(({ name }) => run.chosen.has(name) && !measured.has(name))
    .map(
      ({ name }): Finding => ({
        go: false,
        node: name,
        expected: 'a measurement',
        seen: 'nothing was measured',
      }),
    );
  const all = [...findings, ...missing];
  const whole = refused.length === 0 && all.length === verdict.findings.length;
  const text = whole ? verdict.summary : `${all.filter(({ go }) => go).length} of ${all.length} findings GO`;
  return {
    work,
    go: all.every(({ go }) => go),
    summary: work.absent.length > 0 ? `${text}; ${work.absent.join(', ')} left out` : text,
    findings: all,
    recall: verdict.recall,
  };
}

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

function nodeNamed({ nodes, gate }: GateWork, name: string): Node {
  const node = nodes.find((one) => one.name === name);
  if (node === undefined) throw new TypeError(`gate ${gate.id} is not measured on ${name}`);
  return node;
}

/** Gates put to all their nodes as one question; nothing has been asked yet. */
export class GateQuestion {
  readonly #contexts = new Map<GateWork, GateContext<unknown>>();
  readonly #probes = new Map<GateWork, Map<string, GateProbe>>();
  readonly #run: RunContext;
  readonly #haste: boolean;
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
      this.#contexts.set(work, gateContext(run, work, { patience, recall }));
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

  #contextOf(work: GateWork): GateContext<unknown> {
    const context = this.#contexts.get(work);
    if (context === undefined) throw new TypeError(`gate ${work.gate.id} is not part of the question`);
    return context;
  }

  #askedOf(name: string): readonly AskedGate[] {
    return [...this.#contexts]
      .filter(([{ nodes }]) => nodes.some((node) => node.name === name))
      .map(([work, { patience }]) => ({ id: work.gate.id, probe: this.#probe(work, name), patience }));
  }

  fragments(name: string): Fragment[] {
    return gateFragments(this.#askedOf(name), { token: this.#run.token, haste: this.#haste });
  }

  /** Judges the gates that all their nodes have answered. In haste some may not have been asked everywhere. */
  judge(replies: Replies, refusals: Refusals = new Map()): Measured[] {
    const own = new Map(
      [...replies].map(([name, all]) => [name, gateReplies(this.#askedOf(name), all)] as const),
    );
    const isAnswered = ({ nodes, gate }: GateWork): boolean =>
      nodes.every(({ name }) => own.get(name)?.has(gate.id));
    return [...this.#contexts].flatMap(([work, context]) =>
      this.#haste && !isAnswered(work)
        ? []
        : [judge(this.#run, { work, context, refusals, probeOf: (name) => this.#probe(work, name) }, own)],
    );
  }
}

async function ask(run: RunContext, question: GateQuestion, node: string, isReleasing: boolean) {
  try {
    const options = {
      node,
      deadlineMs: (question.seconds + SPARE_SECONDS) * 1000,
      signal: run.signal,
      gathered: true,
    };
    const release = isReleasing && run.locks.held.includes(node) ? run.locks.releasing() : undefined;
    const fragments = [...question.fragments(node), ...(release ? [release] : [])];
    const replies = await execute(connectionOf(run, node), fragments, options);
    if (release && answerTo(replies, release)?.kind === 'done') run.locks.released(node);
    return [node, replies] as const;
  } catch (error) {
    run.emit({ type: 'node-failed', node, error: toReportedError(error, { node }) });
    throw error;
  }
}

/** Measures gates on all their nodes at once, one program a node, and judges them. Emits nothing yet. */
export async function measure(run: RunContext, request: MeasureRequest): Promise<Measured[]> {
  if (request.gates.length === 0) return [];
  const question = new GateQuestion(run, request);
  const refusals = await renewLogins(run, question.anew.names, question.anew.seconds);
  const nodes = question.nodes.filter((node) => !refusals.has(node));
  const settled = await Promise.allSettled(
    nodes.map((node) => ask(run, question, node, request.releasing === true)),
  );
  const errors = rejections(settled);
  if (errors.length > 0) throw new NodeErrors(errors);
  return question.judge(
    new Map(settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))),
    refusals,
  );
}
