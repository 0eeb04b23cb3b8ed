import type { Fragment, FragmentReply } from '../remote/program.js';
import { command } from '../remote/quote.js';
import type { RunContext } from './context.js';
import { GateQuestion, type Measured } from './measure.js';
import type { PhaseWork } from './work.js';

/**
 * The gates, asked along with the probes in the hope that there is nothing to change: then one exec a node is the whole
 * run. A node whose networks aren't up leaves them out and keeps its lock.
 */
export class FirstLook {
  readonly #context: RunContext;
  readonly #question: GateQuestion;
  readonly #replies = new Map<string, ReadonlyMap<string, FragmentReply>>();

  constructor(context: RunContext, phases: readonly PhaseWork[]) {
    const gates = phases.flatMap((phase) => phase.gates);
    this.#context = context;
    this.#question = new GateQuestion(context, { gates, hurried: gates });
  }

  get nodes(): readonly string[] {
    return this.#question.nodes;
  }

  /** Seconds that it may take on a node. */
  get seconds(): number {
    return this.#question.seconds;
  }

  /** What comes after a node's probes. Nothing is changed after it, so a lock taken before is given back. */
  fragments(node: string, locked: boolean): Fragment[] {
    const interfaces = this.#context.inventory.networks
      .filter(({ members }) => members.some((member) => member.node === node))
      .map((network) => command('test', '-e', `/sys/class/net/${network.interface}`));
    const worth = { id: 'look.worth', required: true, script: interfaces.join(' && ') || ':' };
    const release = locked ? [this.#context.locks.releasing()] : [];
    return [worth, ...this.#question.fragments(node), ...release];
  }

  record(node: string, replies: ReadonlyMap<string, FragmentReply>): void {
    this.#replies.set(node, replies);
    const { locks } = this.#context;
    const release = replies.get(locks.releasing().id);
    if (release?.code === 0) locks.released(node);
  }

  /** What the gates said; undefined unless every node was asked all of them. */
  measured(): readonly Measured[] | undefined {
    const whole = this.nodes.every((node) => this.#question.isAnswered(node, this.#replies.get(node)));
    return whole ? this.#question.judge(this.#replies) : undefined;
  }
}
