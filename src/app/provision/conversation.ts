import { BridgeheadError, EXIT, formatProblem, InputError, type Problem } from '../../core/errors.js';
import { sanitize } from '../../remote/sanitize.js';
import { type Io, paintFor, widthOf } from '../terminal/io.js';
import { Beforehand } from './beforehand.js';
import type { Given } from './dialogue/answers.js';
import { answered, back, finished, nextStep, reopened, type Talk } from './dialogue/course.js';
import type { Draftfile } from './dialogue/kept.js';
import type { Answers, Key, Question, Work } from './dialogue/types.js';
import { lastWords } from './last-words.js';
import type { ProvisionOptions } from './options.js';
import type { Prompter } from './prompt.js';
import { shownBefore } from './shown-before.js';
import { whatIsThere } from './start.js';
import { unattendedAnswer } from './unattended.js';
import { type Worked, type Workshop, workOn } from './work.js';

export interface ConversationParts {
  readonly options: ProvisionOptions;
  readonly io: Io;
  readonly file: string;
  readonly beforehand: Given;
  readonly drafts: Draftfile;
  /** Undefined where there is nobody to ask. */
  readonly prompter: Prompter | undefined;
  readonly signal: AbortSignal;
  /** Does the work between questions; tests pass their own. */
  readonly workshop?: Workshop;
}

const WIDEST = 110;

/** The question that is open again when work was not GO. */
const AGAIN: Readonly<Partial<Record<Work, Key>>> = {
  measure: 'forwarded',
  rehearse: 'rehearse',
  apply: 'apply',
};

/** One start of the wizard, from what is kept of earlier ones to its end. */
export class Conversation {
  readonly #parts: ConversationParts;
  readonly #beforehand: Beforehand;
  #talk: Talk;
  #written: string | undefined;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#beforehand = new Beforehand(parts.beforehand);
    const { seen, kept } = whatIsThere(parts.file, parts.drafts, parts.io);
    const isNew = (key: Key) => !this.#beforehand.has(key);
    const fromBefore = Object.entries(kept?.answers ?? {}).filter(([key]) => isNew(key as Key));
    this.#written = kept?.written;
    this.#talk = {
      world: { seen, answers: Object.fromEntries(fromBefore) as Answers, done: kept?.done ?? {} },
      order: (kept?.order ?? []).filter(isNew),
    };
    if (fromBefore.length > 0)
      this.#say(`Going on with the answers of an earlier start (--restart forgets them).\n`);
  }

  async run(): Promise<number> {
    if (this.#parts.prompter !== undefined)
      this.#say('Esc: one question back. Ctrl-C: stop; the next start goes on from there.\n');
    for (;;) {
      const step = nextStep(this.#talk.world);
      if (step.type === 'end') return this.#end();
      if (step.type === 'ask') await this.#ask(step.question);
      else {
        const exit = await this.#work(step.work);
        if (exit !== undefined) return exit;
      }
    }
  }

  async #ask(question: Question): Promise<void> {
    const { key } = question;
    this.#talk = { ...this.#talk, world: this.#beforehand.takeUnasked(key, this.#talk.world) };
    if (nextStep(this.#talk.world).type !== 'ask') return;
    const { prompter, io, options } = this.#parts;
    const { world } = this.#talk;
    const taken = this.#beforehand.take(key, world);
    if (taken.type === 'answer') return this.#take(key, taken.value);
    if (taken.type === 'wrong') this.#sayOrKeep(taken.problem);
    if (prompter !== undefined || key === 'found') {
      const paint = paintFor(io, 'stdout', options.color);
      this.#say(shownBefore(question, world, paint, Math.min(widthOf(io), WIDEST)));
    }
    if (prompter === undefined) return this.#take(key, unattendedAnswer(question, world));
    const said = await prompter(question, world);
    if (said === 'no') throw notCompared();
    if (said !== 'back') return this.#take(key, said.value);
    this.#talk = back(this.#talk);
    this.#keep();
  }

  /** A bad answer is asked for where somebody is there, and reported with all others where not. */
  #sayOrKeep(problem: Problem): void {
    if (this.#parts.prompter === undefined) this.#beforehand.keep(problem);
    else this.#say(`${sanitize(formatProblem(problem))}\n`);
  }

  #take(key: Key, value: unknown): void {
    this.#talk = answered(this.#talk, key, value as never);
    this.#keep();
  }

  /** Does one piece of work. The exit code where that ends the conversation. */
  async #work(work: Work): Promise<number | undefined> {
    const { options, io, file, prompter, signal, workshop = workOn } = this.#parts;
    if (work === 'write') this.#beforehand.refuse(this.#talk.world);
    let worked: Worked;
    try {
      const { world } = this.#talk;
      worked = await workshop(work, { world, written: this.#written, options, io, file, signal });
    } catch (error) {
      this.#askAgainAfter(work);
      if (!(error instanceof InputError) || prompter === undefined || this.#talk.order.length === 0)
        throw error;
      for (const problem of error.problems) this.#say(`${sanitize(formatProblem(problem))}\n`);
      this.#talk = back(this.#talk);
      return undefined;
    }
    if (worked.survey !== undefined) {
      const { world } = this.#talk;
      this.#talk = { ...this.#talk, world: { ...world, seen: { ...world.seen, survey: worked.survey } } };
    }
    this.#written = worked.written ?? this.#written;
    if (worked.exit === undefined || worked.exit === EXIT.go) this.#talk = finished(this.#talk, work);
    else {
      this.#askAgainAfter(work);
      const goesOn = prompter !== undefined && (work === 'measure' || work === 'rehearse');
      if (!goesOn || worked.exit === EXIT.interrupted) return worked.exit;
    }
    this.#keep();
    return undefined;
  }

  /** Whoever comes back after work that was not GO, or was interrupted, decides anew whether to do it. */
  #askAgainAfter(work: Work): void {
    const again = AGAIN[work];
    if (again !== undefined) this.#talk = reopened(this.#talk, again);
    this.#keep();
  }

  #keep(): void {
    this.#parts.drafts.write(this.#talk, this.#written);
  }

  #end(): number {
    const isApplied = this.#talk.world.answers.apply === true;
    if (isApplied) this.#parts.drafts.remove();
    else this.#askAgainAfter('apply');
    this.#say(lastWords(this.#parts.file, isApplied));
    return EXIT.go;
  }

  #say(text: string): void {
    this.#parts.io.stdout.write(text);
  }
}

function notCompared(): BridgeheadError {
  return new BridgeheadError(
    'E_SSH_HOST_KEY_UNKNOWN',
    'host keys were not confirmed; nothing was sent to those machines',
    {
      fix: 'compare them on the console of each machine (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then start again',
    },
  );
}
