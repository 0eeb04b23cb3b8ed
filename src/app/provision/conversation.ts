import { EXIT, formatProblem, InputError, type Problem } from '../../core/errors.js';
import { sanitize } from '../../remote/sanitize.js';
import { paintFor, widthOf } from '../terminal/io.js';
import { Beforehand } from './beforehand.js';
import {
  answered,
  back,
  finished,
  nextStep,
  reopenedAfter,
  startedAnew,
  surveyed,
  type Talk,
} from './dialogue/course.js';
import type { Written } from './dialogue/kept.js';
import { modeOf } from './dialogue/mode.js';
import type { Answers, Key, Question, Work } from './dialogue/types.js';
import { lastWords } from './last-words.js';
import type { ConversationParts } from './parts.js';
import { shownBefore } from './shown-before.js';
import { whatIsThere } from './start.js';
import { notCompared, unattendedAnswer } from './unattended.js';
import type { Worked } from './work/types.js';
import { workOn } from './work.js';

const WIDEST = 110;

/** One start of the wizard, with what was kept of earlier ones. */
export class Conversation {
  readonly #parts: ConversationParts;
  readonly #beforehand: Beforehand;
  #talk: Talk;
  #written: Written | undefined;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#beforehand = new Beforehand(parts.beforehand);
    const { file, drafts, io, rehearsalObstacle } = parts;
    const { startsAnew } = this.#beforehand;
    const there = whatIsThere(file, { drafts, io, rehearsalObstacle, startsAnew });
    const { seen, kept, isChanged } = there;
    const isNew = (key: Key) => !this.#beforehand.has(key);
    // An inventory with mistakes is never asked about.
    const anew = startsAnew && { existing: 'anew' as const };
    const fromBefore = Object.entries(kept?.answers ?? {}).filter(([key]) => isNew(key as Key));
    this.#written = kept?.written;
    this.#talk = {
      world: {
        seen,
        answers: { ...(Object.fromEntries(fromBefore) as Answers), ...anew },
        done: kept?.done ?? {},
      },
      order: (kept?.order ?? []).filter(isNew),
    };
    if (isChanged) this.#say(`${file} has changed since it was written; the new version counts.\n`);
    if (fromBefore.length > 0)
      this.#say(`Resuming with the answers of an earlier start (--restart discards them).\n`);
  }

  async run(): Promise<number> {
    if (this.#parts.prompter !== undefined)
      this.#say('Esc: back one question. Ctrl-C: stop; run it again to resume.\n');
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
    if (prompter === undefined) {
      if (key === 'existing') this.#beforehand.refuseStrangers(world);
      return this.#take(key, unattendedAnswer(question, world));
    }
    const said = await prompter(question, world);
    if (said === 'no') throw notCompared();
    if (said !== 'back') return this.#take(key, said.value);
    this.#talk = back(this.#talk);
    this.#keep();
  }

  /** A bad answer is asked for again on a terminal, and else reported with all others. */
  #sayOrKeep(problem: Problem): void {
    if (this.#parts.prompter === undefined) this.#beforehand.keep(problem);
    else this.#say(`${sanitize(formatProblem(problem))}\n`);
  }

  #take(key: Key, value: unknown): void {
    this.#talk = answered(this.#talk, key, value as never);
    this.#keep();
  }

  /** Does one piece of work. Returns the exit code if that ends the conversation. */
  async #work(work: Work): Promise<number | undefined> {
    const { options, io, file, prompter, signal, workshop = workOn } = this.#parts;
    if (work !== 'survey') this.#beforehand.refuse(this.#talk.world);
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
    if (worked.survey !== undefined) this.#talk = surveyed(this.#talk, worked.survey);
    this.#written = worked.written ?? this.#written;
    if (worked.exit === undefined || worked.exit === EXIT.go) {
      this.#talk = finished(this.#talk, work);
      if (work === 'write' && this.#talk.world.answers.existing === 'anew')
        this.#talk = startedAnew(this.#talk);
    } else {
      this.#askAgainAfter(work);
      const goesOn = prompter !== undefined && (work === 'measure' || work === 'rehearse');
      if (!goesOn || worked.exit === EXIT.interrupted) return worked.exit;
    }
    this.#keep();
    return undefined;
  }

  /** After work that was not GO, or was interrupted, the next start asks again whether to do it. */
  #askAgainAfter(work: Work): void {
    this.#talk = reopenedAfter(this.#talk, work);
    this.#keep();
  }

  #keep(): void {
    this.#parts.drafts.write(this.#talk, this.#written);
  }

  #end(): number {
    const isApplied = this.#talk.world.answers.apply === true;
    if (isApplied) this.#parts.drafts.remove();
    else this.#askAgainAfter('apply');
    const { file, io } = this.#parts;
    const isNew = modeOf(this.#talk.world) === 'new';
    this.#say(lastWords(file, { isApplied, isNew, cwd: io.cwd }));
    return EXIT.go;
  }

  #say(text: string): void {
    this.#parts.io.stdout.write(text);
  }
}
