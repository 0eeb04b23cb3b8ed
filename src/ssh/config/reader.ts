import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import { sanitize } from '../../remote/sanitize.js';
import { localCommand } from '../local-command.js';
import askSsh from './ask-ssh.sh';
import type { Home } from './home.js';
import { type Asked, type ConfigQuestion, shareAnswers } from './question.js';
import { saysTheSameOfAllHosts } from './scope.js';
import { parseSshConfig, type SshConfig } from './ssh-config.js';

const TIMEOUT_MS = 10_000;
/** Number of shells that run in parallel: starting one from a process of this size takes longer than ssh takes to answer. */
const SHELLS = 4;

/** Asks `ssh` itself for its settings, so Include, Match and patterns work exactly as in `ssh`. */
export class SshConfigReader {
  readonly #home: Home;
  #waiting: Asked[] = [];

  constructor(home: Home) {
    this.#home = home;
  }

  /**
   * Questions of one batch share a few shells, and hosts that no file treats differently share one question. Fails with
   * E_SSH_CONFIG.
   */
  read(question: ConfigQuestion, node: string): Promise<SshConfig> {
    // Started before anything else is loaded, so that ssh runs in the meantime.
    if (this.#waiting.length === 0) queueMicrotask(() => void this.#ask());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...question, node, resolve, reject });
    });
  }

  async #ask(): Promise<void> {
    const all = this.#waiting;
    this.#waiting = [];
    try {
      const file = this.#configFile();
      const left: Asked[] = [];
      const isShared = all.length > 1 && saysTheSameOfAllHosts(this.#home, file);
      await this.#askShells(isShared ? shareAnswers(all, left) : all, file);
      await this.#askShells(left, file);
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  }

  async #askShells(all: readonly Asked[], file = ''): Promise<void> {
    const groups = Array.from({ length: SHELLS }, (_, group) =>
      all.filter((_one, index) => index % SHELLS === group),
    );
    await Promise.all(groups.map((group) => this.#askShell(group, file)));
  }

  async #askShell(group: readonly Asked[], file: string): Promise<void> {
    if (group.length === 0) return;
    const mark = `@${randomBytes(12).toString('hex')}`;
    const left = [...group];
    let text = '';
    const onStdout = (chunk: string): void => {
      text += chunk;
      for (;;) {
        const [whole, code] = new RegExp(`\\n${mark} (\\d+)\\n`).exec(text) ?? [];
        const asked = whole === undefined ? undefined : left.shift();
        if (whole === undefined || asked === undefined) return;
        const end = text.indexOf(whole);
        const said = text.slice(0, end);
        text = text.slice(end + whole.length);
        if (code === '0') asked.resolve(parseSshConfig(said));
        else asked.reject(refusal(asked, Number(code), said));
      }
    };
    const questions = group.flatMap(({ host, port = '', user = '' }) => [host, String(port), user]);
    const reply = await localCommand(['sh', '-c', askSsh, 'sh', mark, file, ...questions], {
      env: this.#home.env,
      timeoutMs: TIMEOUT_MS,
      onStdout,
    });
    const [culprit, ...others] = left;
    if (culprit === undefined) return;
    culprit.reject(refusal(culprit, reply.code, reply.stderr));
    await this.#askShell(others, file);
  }

  /** `ssh` uses the home of the passwd entry, so a different $HOME has to be passed explicitly. */
  #configFile(): string | undefined {
    if (this.#home.path === this.#home.passwd) return undefined;
    const file = join(this.#home.path, '.ssh', 'config');
    try {
      return statSync(file).isFile() ? file : 'none';
    } catch {
      return 'none';
    }
  }
}

function refusal({ host, node }: Asked, code: number | null, said: string): BridgeheadError {
  return new BridgeheadError('E_SSH_CONFIG', `ssh could not read its settings for ${host}`, {
    node,
    evidence: sanitize(said.trim(), 2000) || `ssh -G ended with ${code ?? 'a signal'}`,
    fix: fixOf(code, said),
  });
}

function fixOf(code: number | null, said: string): string {
  if (code === 127) return 'install the OpenSSH client (apt install openssh-client)';
  if (said.includes('No user exists for uid'))
    return 'ssh needs an entry for this user in /etc/passwd, or libnss-unknown (apt install libnss-unknown)';
  return 'fix ~/.ssh/config';
}
