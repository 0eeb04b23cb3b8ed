import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../../docs/scenes/scene.js';
import { Terminal } from '../support/terminal.js';

const COLUMNS = 80;
/** More than any command shows. */
const ROWS = 600;
const POLL_MS = 100;
const SECONDS = 120;
const YES = /\(y\/N\)$/;
const PROMPT = /@(\d+):(\d+):([^\n@]*)@$/;

export interface Typed {
  readonly exit: number;
  readonly shown: string;
  /** Where the shell is afterwards. */
  readonly folder: string;
}

/** A reader's shell on a terminal. */
export class Shell {
  readonly #terminal: Terminal;
  readonly #script: string;
  #steps = 0;

  /** `enter`: what is typed before `bash`, such as the way into a lab; `files`: where to keep what is typed next. */
  constructor(
    name: string,
    {
      enter,
      cwd,
      files,
      env,
    }: { enter: readonly string[]; cwd: string; files: string; env: Readonly<Record<string, string>> },
  ) {
    this.#script = join(files, 'typed');
    const settings = { ...env, PS1: '@$STEP:$?:$PWD@ ', STEP: '0' };
    const words = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
    // In CI nothing is drawn as for a person.
    const command = [
      'env',
      '-u',
      'CI',
      '-u',
      'NO_COLOR',
      ...words,
      ...enter,
      'bash',
      '--noprofile',
      '--norc',
      '-i',
    ];
    this.#terminal = new Terminal(name, COLUMNS, { cwd, command, rows: ROWS });
  }

  ready(): Promise<unknown> {
    return this.#terminal.until(/@0:0:[^\n@]*@$/);
  }

  /** Types a command, answers what it asks, and waits for the next prompt. */
  async type(text: string, answers: readonly Answer[] = []): Promise<Typed> {
    const step = ++this.#steps;
    writeFileSync(this.#script, `clear; STEP=${step}\n${text}\n`);
    this.#terminal.keys(`. ${this.#script}`, 'Enter');
    const open = [...answers];
    const deadline = Date.now() + SECONDS * 1000;
    for (let answered = ''; ; await pause(POLL_MS)) {
      const screen = this.#terminal.screen();
      const [prompt, at, exit, folder = ''] = PROMPT.exec(screen) ?? [];
      if (prompt !== undefined && Number(at) === step) {
        if (open.length > 0) throw new Error(`${text} never asked ${open[0]?.[0]}:\n${screen}`);
        return { exit: Number(exit), shown: screen.slice(0, -prompt.length), folder };
      }
      const [question, ...keys] = open[0] ?? [];
      if (question?.test(screen)) this.#terminal.keys(...keys);
      if (question?.test(screen)) open.shift();
      else if (YES.test(screen) && screen !== answered) {
        answered = screen;
        this.#terminal.keys('y', 'Enter');
      }
      if (Date.now() > deadline) throw new Error(`${text} is not done within ${SECONDS} s:\n${screen}`);
    }
  }

  stop(): void {
    this.#terminal.stop();
  }
}
