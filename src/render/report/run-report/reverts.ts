import type { RunEvent } from '../../../runner/events/events.js';

/** Before the first event. */
const NEVER = -1;

interface Where {
  readonly phase: string;
  readonly node: string;
}

/** How far a phase has come on a node, by the numbers of its events. */
interface Progress {
  guard?: 'armed' | 'confirmed' | 'reverted';
  armed: number;
  confirmed: number;
  done: number;
}

/** Which of the changes that were made on a node a revert concerns. */
export class Reverts {
  readonly #nodes = new Map<string, Progress>();

  /** Reads the events of a run, in their order. */
  read(event: RunEvent, number: number): void {
    if (event.type === 'change-done') this.#of(event).done = number;
    else if (event.type === 'guard-armed') this.#set(event, { guard: 'armed', armed: number });
    else if (event.type === 'guard-confirmed') this.#set(event, { guard: 'confirmed', confirmed: number });
    else if (event.type === 'guard-reverted') this.#set(event, { guard: 'reverted' });
  }

  /**
   * The event after which changes are reverted by the next `guard-reverted`. A guard reverts what was done since it was armed;
   * a second revert after it, what the same round did before that; one with nothing unconfirmed reverts all of the phase.
   */
  since(where: Where): number {
    const { guard, armed, confirmed, done } = this.#of(where);
    if (guard === 'armed') return armed;
    return guard === 'confirmed' && done < confirmed ? NEVER : confirmed;
  }

  #set(where: Where, progress: Partial<Progress>): void {
    Object.assign(this.#of(where), progress);
  }

  #of({ phase, node }: Where): Progress {
    const key = JSON.stringify([phase, node]);
    const known = this.#nodes.get(key) ?? { armed: NEVER, confirmed: NEVER, done: NEVER };
    this.#nodes.set(key, known);
    return known;
  }
}
