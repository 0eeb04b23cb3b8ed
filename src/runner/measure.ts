import { type AskedGate, gateFragments, gateReplies } from '../gates/question.js';
import type { Finding, GateContext } from '../gates/types.js';
import type { Node } from '../inventory/types.js';
import { execute } from '../remote/execute.js';
import type { Fragment, FragmentReply } from '../remote/program.js';
import { connectionOf, NodeErrors, type RunContext } from './context.js';
import { reportError } from './report.js';
import type { GateWork } from './work.js';

const SPARE_SECONDS = 30;
/** Seconds given to a gate in a first look, in which many phases are measured at once. */
const FIRST_LOOK_SECONDS = 2;

/** What a gate answered, for the nodes that the run is about. */
export interface Measured {
  readonly work: GateWork;
  readonly go: boolean;
  readonly summary: string;
  readonly findings: readonly Finding[];
}

/** Seconds that a gate may go on trying: its own default, or the parameter `within`. */
function patienceOf({ kind, gate }: GateWork): number {
  const within = (gate.params as { readonly within?: unknown } | null)?.within;
  return typeof within === 'number' ? within : kind.patience;
}

export type Replies = ReadonlyMap<string, ReadonlyMap<string, FragmentReply>>;

function gateContext(run: RunContext, work: GateWork, patience: number): GateContext<unknown> {
  return {
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

/** GO needs a finding for every chosen node, and every finding to be GO. */
function judge(run: RunContext, work: GateWork, context: GateContext<unknown>, replies: Replies): Measured {
  const own = new Map<string, FragmentReply>();
  for (const { name } of work.nodes) {
    const reply = replies.get(name)?.get(work.gate.id);
    if (reply) own.set(name, reply);
  }
  const verdict = work.kind.verdict(context, own);
  const findings = verdict.findings.filter(({ node, peer }) => run.counts(node, peer));
  const told = new Set(findings.map(({ node }) => node));
  const untold = work.nodes
    .filter(({ name }) => run.chosen.has(name) && !told.has(name))
    .map(
      ({ name }): Finding => ({
        go: false,
        node: name,
        expected: 'a measurement',
        seen: 'nothing was measured',
      }),
    );
  const all = [...findings, ...untold];
  const whole = all.length === verdict.findings.length;
  return {
    work,
    go: all.every(({ go }) => go),
    summary: whole ? verdict.summary : `${all.filter(({ go }) => go).length} of ${all.length} findings GO`,
    findings: all,
  };
}

export interface MeasureRequest {
  readonly gates: readonly GateWork[];
  /** Gates that are given no more than a first look; none when left out. */
  readonly hurried?: readonly GateWork[];
}

/** Gates put to all their nodes as one question; nothing has been asked yet. */
export class GateQuestion {
  readonly #contexts = new Map<GateWork, GateContext<unknown>>();
  readonly #run: RunContext;
  /** Seconds that all the gates may take together on a node. */
  readonly seconds: number;

  constructor(run: RunContext, { gates, hurried = [] }: MeasureRequest) {
    this.#run = run;
    let seconds = 0;
    for (const work of gates) {
      const cap = hurried.includes(work) ? FIRST_LOOK_SECONDS : run.patience.gate;
      const patience = Math.min(patienceOf(work), run.patience.gate, cap);
      this.#contexts.set(work, gateContext(run, work, patience));
      seconds += patience;
    }
    this.seconds = seconds;
  }

  /** Names of the nodes that are asked. */
  get nodes(): readonly string[] {
    return [...new Set([...this.#contexts.keys()].flatMap(({ nodes }) => nodes.map(({ name }) => name)))];
  }

  #askedOf(name: string): { readonly node: Node | undefined; readonly asked: readonly AskedGate[] } {
    const own = [...this.#contexts].filter(([{ nodes }]) => nodes.some((node) => node.name === name));
    return {
      node: own[0]?.[0].nodes.find((node) => node.name === name),
      asked: own.map(([{ kind, gate }, context]) => ({ id: gate.id, kind, context })),
    };
  }

  fragments(name: string): Fragment[] {
    const { node, asked } = this.#askedOf(name);
    return node === undefined ? [] : gateFragments(asked, node);
  }

  /** Whether a node has answered all that it was asked. */
  isAnswered(name: string, replies: ReadonlyMap<string, FragmentReply> = new Map()): boolean {
    const { asked } = this.#askedOf(name);
    return gateReplies(asked, replies).size === asked.length;
  }

  /** Replies of the programs, by node. */
  judge(replies: Replies): Measured[] {
    const own = new Map(
      [...replies].map(([name, all]) => [name, gateReplies(this.#askedOf(name).asked, all)] as const),
    );
    return [...this.#contexts].map(([work, context]) => judge(this.#run, work, context, own));
  }
}

async function ask(run: RunContext, question: GateQuestion, node: string) {
  try {
    const options = {
      node,
      deadlineMs: (question.seconds + SPARE_SECONDS) * 1000,
      signal: run.signal,
      gathered: true,
    };
    const parting = run.locks.partingFragments(node);
    const replies = await execute(
      connectionOf(run, node),
      [...question.fragments(node), ...parting],
      options,
    );
    if (parting.some(({ id }) => replies.get(id)?.code === 0)) run.locks.released(node);
    return [node, replies] as const;
  } catch (error) {
    run.emit({ type: 'node-failed', node, error: reportError(error, { node }) });
    throw error;
  }
}

/** Measures gates on all their nodes at once, one program a node, and judges them. Tells nothing yet. */
export async function measure(run: RunContext, request: MeasureRequest): Promise<Measured[]> {
  if (request.gates.length === 0) return [];
  const question = new GateQuestion(run, request);
  const settled = await Promise.allSettled(question.nodes.map((node) => ask(run, question, node)));
  const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 0) throw new NodeErrors(errors);
  return question.judge(
    new Map(settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))),
  );
}
