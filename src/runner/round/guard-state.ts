import type { GuardReport } from '../../guard/index.js';
import { ask } from '../../remote/execute.js';
import type { Part } from '../../remote/part.js';
import type { Connection } from '../../remote/transport.js';
import type { RunContext } from '../context.js';
import type { Round } from './build-round.js';

const REPLY_MS = 30_000;
/** A revert waits for its own end, 120 s at most. */
export const REVERT_MS = 140_000;

const FINAL: readonly GuardReport['state'][] = ['confirmed', 'reverted', 'revert-failed'];

/** Asks a node's guard over one connection; each answer is its state then. */
export class GuardState {
  readonly #context: RunContext;
  readonly #round: Round;
  readonly #connection: Connection;

  constructor(context: RunContext, round: Round, connection: Connection) {
    this.#context = context;
    this.#round = round;
    this.#connection = connection;
  }

  read(): Promise<GuardReport> {
    return this.#ask(this.#context.nodeGuard.stateFragment(this.#context.run), REPLY_MS);
  }

  confirm(): Promise<GuardReport> {
    const { nodeGuard, run } = this.#context;
    return this.#ask(nodeGuard.confirmFragment({ run, phase: this.#round.label }), REPLY_MS);
  }

  revert(deadlineMs = REVERT_MS): Promise<GuardReport> {
    return this.#ask(this.#context.nodeGuard.revertNowFragment(this.#context.run), deadlineMs);
  }

  #ask(part: Part<GuardReport>, deadlineMs: number): Promise<GuardReport> {
    const { signal } = this.#context;
    return ask(this.#connection, part, { node: this.#round.node, deadlineMs, signal });
  }
}

/** Whether a round has come to its end, by what its node says. */
export const isOver = ({ label }: Round, { state, phase }: GuardReport): boolean =>
  FINAL.includes(state) && phase === label;

/** Whether no guard was ever armed for a round: at most that of an older one has ended there. */
export const wasNeverArmed = ({ label }: Round, { state, phase }: GuardReport): boolean =>
  state === 'none' || (FINAL.includes(state) && phase !== label);
