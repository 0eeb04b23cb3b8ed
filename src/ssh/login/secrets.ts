import type { Secret } from '../../core/secret.js';
import type { Node } from '../../model/inventory.js';
import { expandPath, type Home } from '../config/home.js';
import { readSecretFile } from './secret-file.js';

export type AskSecret = (question: string) => Promise<Secret | undefined>;

/** The source of passwords and passphrases: files first, then the user, who is asked once and one thing at a time. */
export class Secrets {
  readonly #home: Home;
  readonly #ask: AskSecret | undefined;
  readonly #answers = new Map<string, Promise<Secret | undefined>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(home: Home, ask: AskSecret | undefined) {
    this.#home = home;
    this.#ask = ask;
  }

  /** Undefined when no file has it and there is nobody to ask. Fails with E_SSH_CONFIG for an unsafe file. */
  async sudoPassword(node: Node, user: string): Promise<Secret | undefined> {
    const { sudoPasswordFile: file } = node.ssh;
    if (file) return readSecretFile(expandPath(file, this.#home), { what: 'sudo password', node: node.name });
    const named = this.#named('BRIDGEHEAD_SUDO_PASSWORD_FILE', node.name);
    if (named !== undefined) return named;
    return this.#once(`sudo password for ${user} (same for all nodes asked)`);
  }

  /** Undefined when no file has it and there is nobody to ask. Fails with E_SSH_CONFIG for an unsafe file. */
  async passphrase(keyFile: string, node: string): Promise<Secret | undefined> {
    const named = this.#named('BRIDGEHEAD_KEY_PASSPHRASE_FILE', node);
    if (named !== undefined) return named;
    return this.#once(`passphrase for ${keyFile}`);
  }

  /** From the file that a variable names. Its value isn't shown: it could be the secret itself, by mistake. */
  #named(variable: string, node: string): Promise<Secret> | undefined {
    const file = this.#home.env[variable];
    return file
      ? readSecretFile(expandPath(file, this.#home), { what: variable, node, shown: 'its file' })
      : undefined;
  }

  #once(question: string): Promise<Secret | undefined> {
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    const ask = this.#ask;
    if (ask === undefined) return Promise.resolve(undefined);
    const answer = this.#last.then(() => ask(question));
    this.#last = answer.catch(() => undefined);
    this.#answers.set(question, answer);
    return answer;
  }
}
