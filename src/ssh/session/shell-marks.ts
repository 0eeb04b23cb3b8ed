import type { ShellMode } from './root-shell.js';

const MAX_HELD = 256 * 1024;

export type Mark = { readonly kind: 'prompt' } | { readonly kind: 'ready'; readonly mode: ShellMode };

/** Reads stderr until the root shell runs: finds the marks, keeps the rest as evidence, and passes on what follows. */
export class ShellMarks {
  readonly #prompt: string;
  readonly #login: string;
  readonly #ready: RegExp;
  readonly #nonce: string;
  #held = '';
  #said = '';
  #begun = false;

  constructor(nonce: string) {
    this.#nonce = nonce;
    this.#prompt = `${nonce}:prompt:`;
    this.#login = `${nonce}:login`;
    this.#ready = new RegExp(`${nonce}:ready:(root|sudo|asked)\\r?\\n`);
  }

  /** Whether the root shell runs. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether the login shell has started the command. */
  get reached(): boolean {
    return this.#begun || `${this.#said}${this.#held}`.includes(this.#login);
  }

  /** The output before it, without the marks. */
  get said(): string {
    const text = Buffer.from(this.#said + this.#held, 'latin1').toString('utf8');
    return text
      .replaceAll(this.#prompt, '')
      .replace(new RegExp(`${this.#login}\\r?\\n?`, 'g'), '')
      .replaceAll(`${this.#nonce}:no-sudo`, 'sudo: not found')
      .trim();
  }

  /** Whether there was far more output than any startup file writes. */
  get flooded(): boolean {
    return this.#said.length + this.#held.length > MAX_HELD;
  }

  /** The marks in a chunk, in order, and what belongs to the program. */
  read(chunk: Buffer): { readonly marks: readonly Mark[]; readonly rest: Buffer } {
    if (this.#begun) return { marks: [], rest: chunk };
    const marks: Mark[] = [];
    this.#held += chunk.toString('latin1');
    for (let at = this.#held.indexOf(this.#prompt); at >= 0; at = this.#held.indexOf(this.#prompt)) {
      marks.push({ kind: 'prompt' });
      this.#take(at + this.#prompt.length);
    }
    const ready = this.#ready.exec(this.#held);
    if (ready === null) return { marks, rest: Buffer.alloc(0) };
    this.#begun = true;
    marks.push({ kind: 'ready', mode: ready[1] as ShellMode });
    const rest = Buffer.from(this.#held.slice(ready.index + ready[0].length), 'latin1');
    this.#held = this.#held.slice(0, ready.index);
    return { marks, rest };
  }

  #take(length: number): void {
    this.#said += this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
  }
}
