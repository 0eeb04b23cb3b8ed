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
    const file = node.ssh.sudoPasswordFile ?? this.#home.env['BRIDGEHEAD_SUDO_PASSWORD_FILE'];
    if (file) return readSecretFile(expandPath(file, this.#home), 'sudo password', node.name);
    return this.#once(`sudo password for ${user} (same for all nodes asked)`);
  }

  /** Undefined when no file has it and there is nobody to ask. Fails with E_SSH_CONFIG for an unsafe file. */
  async passphrase(keyFile: string, node: string): Promise<Secret | undefined> {
    const file = this.#home.env['BRIDGEHEAD_KEY_PASSPHRASE_FILE'];
    if (file) return readSecretFile(expandPath(file, this.#home), 'key passphrase', node);
    return this.#once(`passphrase for ${keyFile}`);
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
