import { LAYERS } from '../../layers/table.js';
import type { Fragment, FragmentReply } from '../../remote/program.js';
import type { RunContext } from '../context.js';
import { GateQuestion } from '../gates/gate-question.js';
import type { Measured } from '../gates/judge.js';
import type { OutsideAnswers } from '../gates/outside.js';
import type { GateWork, PhaseWork } from './work.js';

/**
 * The gates, asked along with the probes in the hope that there is nothing to change: then one exec a node is all of the
 * run, and nothing is written there, not even a lock. A node on which what layers make isn't up leaves the gates out.
 */
export class FirstLook {
  readonly #context: RunContext;
  readonly #question: GateQuestion;
  readonly #replies = new Map<string, ReadonlyMap<string, FragmentReply>>();
  readonly #givingUp = new Map<GateWork, AbortController>();
  #outside: Promise<OutsideAnswers> | undefined;
  #isSpoiled = false;

  readonly #always: boolean;

  /** `always`: also if that isn't up. */
  constructor(context: RunContext, phases: readonly PhaseWork[], { always = false } = {}) {
    this.#always = always;
    const gates = phases.flatMap((phase) => phase.gates).filter(({ kind }) => kind.survey === undefined);
    this.#context = context;
    this.#question = new GateQuestion(context, { gates, hurried: gates, unchanged: true });
    this.#question.leaveOutPremature();
    for (const gate of gates) this.#givingUp.set(gate, new AbortController());
  }

  get nodes(): readonly string[] {
    return this.#question.nodes;
  }

  /** Seconds that it may take on a node. */
  get seconds(): number {
    return this.#question.seconds;
  }

  /** sh condition: all is up on a node, so that its gates may well be GO. */
  worth(node: string): string {
    if (this.#always) return ':';
    const conditions = LAYERS.flatMap((layer) => layer.ready?.(this.#context.inventory, node) ?? []);
    return conditions.join(' && ') || ':';
  }

  /** Has the gates measure from this machine, while the nodes are read. */
  begin(): void {
    this.#outside ??= this.#question.outside((gate) => this.#givingUp.get(gate)?.signal);
  }

  /** What comes after a node's probes. */
  fragments(node: string): Fragment[] {
    const worth = { id: 'look.worth', required: true, readOnly: true, script: this.worth(node) };
    return [worth, ...this.#question.fragments(node)];
  }

  record(node: string, replies: ReadonlyMap<string, FragmentReply>): void {
    this.#replies.set(node, replies);
  }

  /** The nodes were not looked at as they are: another run was at work. */
  spoil(): void {
    this.#isSpoiled = true;
    this.#giveUp(() => true, 'another run was at work');
  }

  /**
   * What the gates of these phases answered that were asked on all their nodes; undefined unless those were left alone meanwhile.
   * What others measure from this machine is not waited for.
   */
  async measured(phases: readonly PhaseWork[]): Promise<readonly Measured[] | undefined> {
    const counting = new Set(phases.flatMap(({ gates }) => gates));
    this.#giveUp(
      (gate) => !counting.has(gate) || !this.#question.isAnswered(gate, this.#replies),
      'not worth measuring',
    );
    const outside = await this.#outside;
    if (this.#isSpoiled) return undefined;
    const measured = this.#question.judge({ replies: this.#replies, outside: outside ?? new Map() });
    return measured.filter(({ work }) => counting.has(work));
  }

  #giveUp(which: (gate: GateWork) => boolean, why: string): void {
    for (const [gate, giving] of this.#givingUp) if (which(gate)) giving.abort(new Error(why));
  }
}
