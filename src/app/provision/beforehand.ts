import { InputError, type Problem } from '../../core/errors.js';
import type { Given } from './dialogue/answers.js';
import { faultOf } from './dialogue/course.js';
import { shapeOf } from './dialogue/derived.js';
import { modeOf } from './dialogue/mode.js';
import type { Answers, Key, World } from './dialogue/types.js';
import { nodeThere } from './infer/there.js';

/** Answers that count although they aren't asked for, before the question of that key is reached. */
const UNASKED: Readonly<Partial<Record<Key, readonly Key[]>>> = {
  machines: ['hostKeys', 'leaveOut'],
  found: ['names', 'sites', 'public'],
  port: ['interface', 'hub', 'gateway'],
};

/** What is asked about a new network only. */
const OF_THE_NETWORK: readonly Key[] = [
  'name',
  'clients',
  'shape',
  'hub',
  'gateway',
  'interface',
  'range',
  'port',
];

export type Taken =
  | { readonly type: 'none' }
  | { readonly type: 'answer'; readonly value: unknown }
  /** On a terminal it is asked again instead. */
  | { readonly type: 'wrong'; readonly problem: Problem };

/** The answers of a file and of options, each of which is used once, and what is wrong with them. */
export class Beforehand {
  readonly #given: Given;
  readonly #used = new Set<Key>();
  readonly #problems: Problem[] = [];

  constructor(given: Given) {
    this.#given = given;
  }

  has(key: Key): boolean {
    return key in this.#given.answers;
  }

  /** Whether another inventory is to replace the existing one. */
  get startsAnew(): boolean {
    return this.#given.answers.existing === 'anew';
  }

  /** Throws if machines are named that the existing inventory doesn't have, and the answers don't say to add them. */
  refuseStrangers({ seen: { existing } }: World): void {
    const { machines = [], names = {} } = this.#given.answers;
    if (existing === undefined || this.has('existing')) return;
    const strangers = machines.filter((one) => nodeThere(names[one] ?? one, existing) === undefined);
    if (strangers.length === 0) return;
    const fix = 'write existing: add to add them, or existing: anew';
    throw new InputError([
      this.#given.problem(
        'machines',
        `${existing.file} is there, and has no ${strangers.join(', ')}; ${fix}`,
      ),
    ]);
  }

  /** The answer to a question that is asked now. */
  take(key: Key, world: World): Taken {
    const value = this.#given.answers[key];
    if (value === undefined || this.#used.has(key)) return { type: 'none' };
    this.#used.add(key);
    const fault = faultOf(key, value, world);
    return fault === undefined
      ? { type: 'answer', value }
      : { type: 'wrong', problem: this.#given.problem(key, fault) };
  }

  /** The world with the answers that count once a question is reached, although theirs are only asked on request. */
  takeUnasked(reached: Key, world: World): World {
    let now = world;
    for (const key of UNASKED[reached] ?? []) {
      if (now.answers[key] !== undefined) continue;
      const taken = this.take(key, now);
      if (taken.type === 'wrong') this.keep(taken.problem);
      if (taken.type === 'answer')
        now = { ...now, answers: { ...now.answers, [key]: taken.value } as Answers };
    }
    return now;
  }

  /** A problem to be reported with all others. */
  keep(problem: Problem): void {
    this.#problems.push(problem);
  }

  /** Throws InputError with everything that is wrong, before anything is written. */
  refuse(world: World): void {
    const mode = modeOf(world);
    for (const key of mode === 'add' ? OF_THE_NETWORK.filter((one) => this.has(one)) : [])
      this.keep(this.#given.problem(key, 'the inventory has this for its network; leave it out'));
    if (mode === 'new' && this.#given.answers.shape === 'mesh' && shapeOf(world) === 'hub')
      this.keep(this.#given.problem('shape', '"mesh" has no clients; write hub, or leave clients out'));
    const { rehearsalObstacle: obstacle } = world.seen;
    if (this.#given.answers.rehearse === true && obstacle !== undefined)
      this.keep(this.#given.problem('rehearse', `a rehearsal can't run here: ${obstacle}`));
    if (this.#problems.length > 0) throw new InputError(this.#problems);
  }
}
