import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { BridgeheadError, EXIT, formatProblem, InputError, type Problem } from '../../core/errors.js';
import { sanitize } from '../../remote/sanitize.js';
import type { Paint } from '../../render/colour.js';
import { commandLine } from '../../render/command-line.js';
import { forwardsText, foundText, keysText } from '../../render/provision/found-text.js';
import { configHosts, createHome } from '../../ssh/index.js';
import { SCHEMAS } from '../draft/inventory-text.js';
import { stateDir } from '../options.js';
import { type Io, paintFor, widthOf } from '../terminal/io.js';
import { watchSignals } from '../terminal/signals.js';
import { flagOf, type Given, given, unanswerable } from './dialogue/answers.js';
import { answered, back, faultOf, finished, nextStep, reopened, type Talk } from './dialogue/course.js';
import { hindrances, shapeOf } from './dialogue/derived.js';
import { Draftfile, hashOf } from './dialogue/kept.js';
import { unconfirmed } from './dialogue/questions.js';
import type { Answers, Key, Question, Seen, Work, World } from './dialogue/types.js';
import { type Prompter, terminalPrompter } from './prompt.js';
import { forwardsView, foundView, keysView } from './view.js';
import { PLAYBOOK, type Worked, type Workshop, workOn } from './work.js';

export interface ProvisionOptions {
  readonly inventory?: string;
  readonly answers?: string;
  readonly restart?: boolean;
  readonly acceptNew?: boolean;
  readonly timeout: number;
  readonly sudoTimeout: number;
  readonly color: boolean;
  readonly stateDir?: string;
  readonly verbose?: boolean;
}

export type Flags = Readonly<Partial<Record<Key, string>>>;

const INVENTORY = 'inventory.yaml';
const WIDEST = 110;

/** The wizard: asks what can't be found out, writes the inventory and the playbook, then plans and applies those files. */
export async function provision(options: ProvisionOptions, flags: Flags, io: Io): Promise<number> {
  const file = options.inventory ?? INVENTORY;
  const isUnattended = options.answers !== undefined || io.stdin.isTTY !== true || io.stdout.isTTY !== true;
  if (isUnattended && options.answers === undefined && Object.keys(flags).length === 0) throw noTerminal();
  const beforehand = given(options.answers, withAcceptNew(flags, options));
  const drafts = new Draftfile(stateDir(options.stateDir, io), resolve(io.cwd, file));
  if (options.restart === true) drafts.remove();
  const { signal, stop } = watchSignals();
  try {
    const prompter = isUnattended ? undefined : terminalPrompter(signal);
    return await new Conversation({ options, io, file, beforehand, drafts, prompter, signal }).run();
  } finally {
    stop();
  }
}

const withAcceptNew = (flags: Flags, { acceptNew }: ProvisionOptions): Flags =>
  acceptNew === true ? { hostKeys: 'accept-new', ...flags } : flags;

function noTerminal(): BridgeheadError {
  return new BridgeheadError('E_USAGE', 'provision asks questions, and there is no terminal to ask on', {
    fix: 'pass the answers as --answers FILE or as options; docs/provision.md lists them',
  });
}

export interface ConversationParts {
  readonly options: ProvisionOptions;
  readonly io: Io;
  readonly file: string;
  readonly beforehand: Given;
  readonly drafts: Draftfile;
  /** Undefined without a terminal. */
  readonly prompter: Prompter | undefined;
  readonly signal: AbortSignal;
  /** Does the work between questions; tests pass their own. */
  readonly workshop?: Workshop;
}

/** Answers that count although they aren't asked for, before the question of that key is reached. */
const UNASKED: Readonly<Partial<Record<Key, readonly Key[]>>> = {
  machines: ['hostKeys', 'leaveOut'],
  found: ['names', 'sites', 'public'],
  port: ['interface', 'hub', 'gateway'],
};

/** One start of the wizard, with what was kept of earlier ones. */
export class Conversation {
  readonly #parts: ConversationParts;
  readonly #paint: Paint;
  readonly #used = new Set<Key>();
  readonly #problems: Problem[] = [];
  #talk: Talk;
  #written: string | undefined;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#paint = paintFor(parts.io, 'stdout', parts.options.color);
    const { seen, kept } = this.#start();
    const fromBefore = Object.entries(kept?.answers ?? {}).filter(
      ([key]) => !(key in parts.beforehand.answers),
    );
    this.#written = kept?.written;
    this.#talk = {
      world: { seen, answers: Object.fromEntries(fromBefore) as Answers, done: kept?.done ?? {} },
      order: (kept?.order ?? []).filter((key) => !(key in parts.beforehand.answers)),
    };
    if (fromBefore.length > 0)
      this.#say(`Resuming with the answers of an earlier start (--restart discards them).\n`);
  }

  async run(): Promise<number> {
    const { prompter } = this.#parts;
    if (prompter !== undefined) this.#say('Esc: back one question. Ctrl-C: stop; run it again to resume.\n');
    for (;;) {
      const step = nextStep(this.#talk.world);
      if (step.type === 'end') return this.#end(EXIT.go);
      if (step.type === 'ask') await this.#ask(step.question);
      else {
        const exit = await this.#work(step.work);
        if (exit !== undefined) return exit;
      }
    }
  }

  /** The initial state. If the user has an inventory, there are no questions about the network. */
  #start() {
    const { io, file, drafts } = this.#parts;
    const path = resolve(io.cwd, file);
    const kept = drafts.read();
    const hasInventory = existsSync(path) && hashOf(readFileSync(path, 'utf8')) !== kept?.written;
    const seen: Seen = {
      hosts: configHosts(createHome(io.env)),
      folder: basename(dirname(path)),
      canRehearse: canRehearse(),
      hasInventory,
    };
    return { seen, kept };
  }

  async #ask(question: Question): Promise<void> {
    this.#takeUnasked(question.key);
    if (nextStep(this.#talk.world).type !== 'ask') return;
    const { prompter } = this.#parts;
    const beforehand = this.#beforehand(question);
    if (beforehand !== undefined) return this.#take(question.key, beforehand);
    const { world } = this.#talk;
    if (prompter !== undefined || question.key === 'found') this.#say(this.#shownBefore(question, world));
    if (prompter === undefined) return this.#take(question.key, this.#unattended(question));
    const said = await prompter(question, world);
    if (said === 'no') throw notCompared();
    if (said !== 'back') return this.#take(question.key, said.value);
    this.#talk = back(this.#talk);
    this.#keep();
  }

  /** An answer from the file or an option, used once; if it is bad, it is asked for on a terminal. */
  #beforehand({ key }: Question): unknown {
    const { beforehand, prompter } = this.#parts;
    const value = beforehand.answers[key];
    if (value === undefined || this.#used.has(key)) return undefined;
    this.#used.add(key);
    const fault = faultOf(key, value, this.#talk.world);
    if (fault === undefined) return value;
    const problem = beforehand.problem(key, fault);
    if (prompter === undefined) this.#problems.push(problem);
    else this.#say(`${sanitize(formatProblem(problem))}\n`);
    return undefined;
  }

  /** Corrections and names, which count although their questions are only asked on request. */
  #takeUnasked(reached: Key): void {
    const { beforehand } = this.#parts;
    for (const key of UNASKED[reached] ?? []) {
      const value = beforehand.answers[key];
      if (value === undefined || this.#used.has(key) || this.#talk.world.answers[key] !== undefined) continue;
      this.#used.add(key);
      const fault = faultOf(key, value, this.#talk.world);
      if (fault !== undefined) this.#problems.push(beforehand.problem(key, fault));
      else {
        const { world } = this.#talk;
        this.#talk = { ...this.#talk, world: { ...world, answers: { ...world.answers, [key]: value } } };
      }
    }
  }

  #unattended(question: Question): unknown {
    const { world } = this.#talk;
    const { key } = question;
    if (key === 'hostKeys') {
      const list = unconfirmed(world).join(', ');
      throw unanswerable(
        key,
        keysText(keysView(world)).trim(),
        `compare them with the machines' own, then write hostKeys: [${list}]`,
      );
    }
    if (key === 'leaveOut') throw this.#failures(world);
    const value = question.unattended ?? question.suggest(world);
    if (value !== undefined) return value;
    throw unanswerable(
      key,
      undefined,
      `write ${key}: in the answers, or pass ${flagOf(key)}: ${question.help}`,
    );
  }

  /** Reports why machines can't take part, all of them at once. */
  #failures(world: World): BridgeheadError {
    const all = [...hindrances(world)];
    const first = world.seen.survey?.failed[0]?.error;
    const details = all.map(([machine, why]) => {
      const fix = world.seen.survey?.failed.find((one) => one.machine === machine)?.error.details.fix;
      return `${machine}: ${why}${fix === undefined ? '' : `\n  fix: ${fix}`}`;
    });
    const names = all.map(([machine]) => machine).join(', ');
    return new BridgeheadError(
      first?.code ?? 'E_USAGE',
      `${all.length === 1 ? 'a machine' : `${all.length} machines`} can't take part`,
      {
        evidence: details.join('\n'),
        fix: `correct that, or leave it out: leaveOut: [${names}]`,
      },
    );
  }

  #take(key: Key, value: unknown): void {
    this.#talk = answered(this.#talk, key, value as never);
    this.#keep();
  }

  #shownBefore({ key }: Question, world: World): string {
    if (key === 'hostKeys') return keysText(keysView(world));
    if (key === 'leaveOut') return `\n${this.#failures(world).details.evidence ?? ''}\n\n`;
    if (key === 'found') return foundText(foundView(world), this.#paint, this.#width());
    if (key === 'forwarded') return forwardsText(forwardsView(world));
    return '';
  }

  /** Does one piece of work. Returns the exit code if that ends the conversation. */
  async #work(work: Work): Promise<number | undefined> {
    const { options, io, file, prompter, signal, workshop = workOn } = this.#parts;
    if (work === 'write') this.#refuseProblems();
    let worked: Worked;
    try {
      worked = await workshop(work, {
        world: this.#talk.world,
        written: this.#written,
        options,
        io,
        file,
        signal,
      });
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

  /** After work that was not GO, or was interrupted, the next start asks again whether to do it. */
  #askAgainAfter(work: Work): void {
    const again = AGAIN[work];
    if (again !== undefined) this.#talk = reopened(this.#talk, again);
    this.#keep();
  }

  #refuseProblems(): void {
    const { beforehand } = this.#parts;
    const { world } = this.#talk;
    if (beforehand.answers.shape === 'mesh' && shapeOf(world) === 'hub') {
      this.#problems.push(
        beforehand.problem('shape', '"mesh" has no clients; write hub, or leave clients out'),
      );
    }
    if (this.#problems.length > 0) throw new InputError(this.#problems);
  }

  #keep(): void {
    this.#parts.drafts.write(this.#talk, this.#written);
  }

  #end(exit: number): number {
    const { file, drafts } = this.#parts;
    const isApplied = this.#talk.world.answers.apply === true;
    if (isApplied) drafts.remove();
    else this.#askAgainAfter('apply');
    const folder = dirname(file);
    const beside = (name: string) => (folder === '.' ? name : join(folder, name));
    const next = isApplied
      ? commandLine(['git', 'add', file, beside(PLAYBOOK), beside(SCHEMAS)])
      : commandLine(['bridgehead', 'apply', '-i', file, '-p', beside(PLAYBOOK)]);
    const what = isApplied
      ? 'The network is up. Keep its files under version control'
      : 'Nothing was changed on the machines yet';
    this.#say(`\n${what}:\n  ${next}\n`);
    return exit;
  }

  #width(): number {
    return Math.min(widthOf(this.#parts.io), WIDEST);
  }

  #say(text: string): void {
    this.#parts.io.stdout.write(text);
  }
}

/** The question that is asked again if work was not GO. */
const AGAIN: Readonly<Partial<Record<Work, Key>>> = {
  measure: 'forwarded',
  rehearse: 'rehearse',
  apply: 'apply',
};

function notCompared(): BridgeheadError {
  return new BridgeheadError(
    'E_SSH_HOST_KEY_UNKNOWN',
    'host keys were not confirmed; nothing was sent to those machines',
    {
      fix: 'compare them on the console of each machine (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then start again',
    },
  );
}

function canRehearse(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
