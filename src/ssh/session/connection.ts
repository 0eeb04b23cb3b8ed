import { randomBytes } from 'node:crypto';
import { BridgeheadError } from '../../core/errors.js';
import type { Node } from '../../model/inventory.js';
import type { Connection, RunOptions, RunResult } from '../../remote/transport.js';
import type { Secrets } from '../login/secrets.js';
import type { Link } from './link.js';
import { ProgramRun } from './program-run.js';
import type { ShellMode } from './root-shell.js';

export interface RootOptions {
  readonly secrets: Secrets;
  readonly rootTimeoutMs: number;
  /** How each node's login became root so far, by node name; shared by the logins of a run. */
  readonly modes: Map<string, ShellMode>;
}

/** One node's session. The first program on a node finds out how to become root, in its own exec; later ones reuse that. */
export class SshConnection implements Connection {
  readonly #link: Link;
  readonly #node: Node;
  readonly #options: RootOptions;
  #closed = false;

  constructor(link: Link, node: Node, options: RootOptions) {
    this.#link = link;
    this.#node = node;
    this.#options = options;
    if (link.hop.user === 'root') options.modes.set(node.name, 'root');
  }

  async run(program: string, options: RunOptions): Promise<RunResult> {
    const { modes } = this.#options;
    const tried = modes.get(this.#node.name);
    const run = this.#start(program, options, tried);
    try {
      return await run.result;
    } catch (error) {
      // sudo no longer remembers an earlier password; the program was not started.
      const refused = error instanceof BridgeheadError && error.code === 'E_SUDO';
      if (tried !== 'sudo' || run.begun || !refused) throw error;
      modes.delete(this.#node.name);
      return await this.#start(program, options, undefined).result;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#link.release();
  }

  #start(program: string, options: RunOptions, mode: ShellMode | undefined): ProgramRun {
    const seconds = Math.max(1, Math.ceil(options.deadlineMs / 1000));
    const nonce = `bh${randomBytes(12).toString('hex')}`;
    return new ProgramRun({
      link: this.#link,
      program,
      options,
      rootTimeoutMs: this.#options.rootTimeoutMs,
      shell: { nonce, seconds, mode, policy: this.#node.ssh.sudo },
      password: () => this.#options.secrets.sudoPassword(this.#node, this.#link.hop.user),
      onMode: (found) => void this.#options.modes.set(this.#node.name, found),
    });
  }
}
