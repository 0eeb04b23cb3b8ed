import type { ClientChannel } from 'ssh2';
import { BridgeheadError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import type { RunOptions, RunResult } from '../../remote/transport.js';
import type { Hop } from '../config/hop.js';
import { interrupted } from './deadline.js';
import { closeChannel, openExec, sendAll, sendStream } from './exec.js';
import type { Link } from './link.js';
import { type Ended, type Heard, outcomeOf, type Unfinished, unfinishedError } from './outcome.js';
import { type ShellMode, type ShellRequest, shellCommand } from './root-shell.js';
import { brokenError, floodError } from './run-error.js';
import { ShellMarks } from './shell-marks.js';
import { noPassword, wrongPassword } from './sudo-error.js';

const STDOUT_EVIDENCE = 2000;

export interface ProgramRequest {
  readonly link: Link;
  readonly program: string;
  readonly shell: ShellRequest;
  readonly options: RunOptions;
  /** Milliseconds from opening the channel to the root shell, not counting the time that the user takes to answer. */
  readonly rootTimeoutMs: number;
  readonly password: () => Promise<Secret | undefined>;
  /** Called with how the login became root, as soon as the root shell runs. */
  readonly onMode: (mode: ShellMode) => void;
}

/** One program in one exec, from opening the channel to its exit status. It settles once and cleans up. */
export class ProgramRun {
  readonly #request: ProgramRequest;
  readonly #marks: ShellMarks;
  readonly #bytes = { stdout: 0, stderr: 0 };
  readonly result: Promise<RunResult>;
  #settle: { resolve: (result: RunResult) => void; reject: (error: unknown) => void } | undefined;
  #channel: ClientChannel | undefined;
  #timer: NodeJS.Timeout | undefined;
  #rootTimer: NodeJS.Timeout | undefined;
  #ends: number;
  #status: Ended | undefined;
  #opening = '';
  #prompts = 0;
  #sent = false;
  /** The end of stdout, as long as an attachment waits for its mark. */
  #tail: string | undefined;
  readonly #undo: (() => void)[] = [];

  constructor(request: ProgramRequest) {
    this.#request = request;
    this.#marks = new ShellMarks(request.shell.nonce);
    this.#ends = performance.now() + request.options.deadlineMs;
    this.#tail = request.options.attachment === undefined ? undefined : '';
    this.result = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#start();
  }

  /** Whether the program reached a root shell at all. */
  get begun(): boolean {
    return this.#marks.begun;
  }

  get #hop(): Hop {
    return this.#request.link.hop;
  }

  get #heard(): Heard {
    const { mode } = this.#request.shell;
    return { hop: this.#hop, mode, marks: this.#marks, opening: this.#opening };
  }

  #start(): void {
    const { link, shell, options } = this.#request;
    const abort = () => this.#fail(interrupted(link.hop.node));
    if (options.signal?.aborted) abort();
    else if (link.lost !== undefined) this.#fail(link.lost);
    if (this.#settle === undefined) return;
    this.#arm();
    options.signal?.addEventListener('abort', abort, { once: true });
    this.#undo.push(() => options.signal?.removeEventListener('abort', abort));
    this.#undo.push(link.onLost((error) => this.#fail(error)));
    openExec(
      link,
      shellCommand(shell),
      (channel) => (this.#settle === undefined ? closeChannel(link, channel) : this.#listen(channel)),
      (error) => this.#fail(error),
    );
  }

  #listen(channel: ClientChannel): void {
    this.#channel = channel;
    channel.on('error', (error: Error) => this.#fail(brokenError(this.#hop, error.message)));
    channel.stderr.on('error', (error: Error) => this.#fail(brokenError(this.#hop, error.message)));
    channel.on('data', (chunk: Buffer) => this.#guard(() => this.#stdout(chunk)));
    channel.stderr.on('data', (chunk: Buffer) => this.#guard(() => this.#stderr(chunk)));
    channel.on('exit', (code: number | null, signal?: string) => {
      this.#status = { code, signal };
    });
    // ssh2 reports the end of the channel once stdout has been read; the rest of stderr may still follow.
    let open = 2;
    const closed = () => {
      open -= 1;
      if (open === 0) this.#closed();
    };
    channel.once('close', closed);
    channel.stderr.once('close', closed);
    // Neither needs a password, and a sudo that refuses reads no input.
    if (this.#request.shell.mode === 'root' || this.#request.shell.mode === 'sudo') this.#send();
  }

  #stdout(chunk: Buffer): void {
    if (!this.#marks.begun && this.#opening.length < STDOUT_EVIDENCE) this.#opening += chunk.toString('utf8');
    if (!this.#count('stdout', chunk)) return;
    this.#attach(chunk);
    this.#request.options.onStdout?.(chunk);
  }

  #attach(chunk: Buffer): void {
    const { attachment } = this.#request.options;
    if (attachment === undefined || this.#tail === undefined || this.#channel === undefined) return;
    const text = this.#tail + chunk.toString('latin1');
    const isRead = text.includes(attachment.mark);
    this.#tail = isRead ? undefined : text.slice(-attachment.mark.length);
    if (isRead) sendStream(this.#channel, attachment.open(), (error) => this.#fail(error));
  }

  #stderr(chunk: Buffer): void {
    const { marks, rest } = this.#marks.read(chunk);
    for (const mark of marks) {
      if (mark.kind === 'prompt') void this.#prompt();
      else {
        clearTimeout(this.#rootTimer);
        this.#request.onMode(mark.mode);
        this.#send();
      }
    }
    if (!this.#marks.begun && this.#marks.flooded)
      this.#fail(floodError(this.#hop, 'stderr', this.#request.options.maxBytes));
    if (rest.length > 0 && this.#count('stderr', rest)) this.#request.options.onStderr?.(rest);
  }

  /** The password is only sent now that sudo is known to be reading. */
  async #prompt(): Promise<void> {
    this.#prompts += 1;
    // The time that the user takes to answer doesn't count against the machine.
    const left = this.#ends - performance.now();
    clearTimeout(this.#timer);
    clearTimeout(this.#rootTimer);
    try {
      if (this.#prompts > 1) throw wrongPassword(this.#hop, this.#marks.said);
      const secret = await this.#request.password();
      if (this.#settle === undefined) return;
      if (secret === undefined) throw noPassword(this.#hop, this.#marks.said);
      this.#ends = performance.now() + left;
      this.#arm();
      this.#channel?.write(`${secret.reveal()}\n`);
    } catch (error) {
      this.#fail(error);
    }
  }

  #send(): void {
    if (this.#sent || this.#channel === undefined) return;
    this.#sent = true;
    if (this.#tail === undefined) sendAll(this.#channel, this.#request.program);
    else this.#channel.write(this.#request.program);
  }

  #count(stream: 'stdout' | 'stderr', chunk: Buffer): boolean {
    if (this.#settle === undefined) return false;
    this.#bytes[stream] += chunk.length;
    if (this.#bytes[stream] <= this.#request.options.maxBytes) return true;
    this.#fail(floodError(this.#hop, stream, this.#request.options.maxBytes));
    return false;
  }

  #closed(): void {
    this.#channel = undefined;
    const outcome = this.#outcome();
    if (outcome instanceof BridgeheadError) this.#fail(outcome);
    else this.#finish()?.resolve(outcome);
  }

  #outcome(): RunResult | BridgeheadError {
    if (this.#status === undefined) {
      return this.#request.link.lost ?? brokenError(this.#hop, 'the session ended without an exit status');
    }
    const outcome = outcomeOf(this.#heard, this.#status, this.#prompts > 0);
    if (outcome instanceof BridgeheadError) return outcome;
    // `timeout` exits with 124, or 137 if it had to kill; within the last second that is its doing.
    const late = (outcome.code === 124 || outcome.code === 137) && this.#ends - performance.now() < 1000;
    return late ? this.#late() : outcome;
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#fail(this.#late()), Math.max(0, this.#ends - performance.now()));
    if (this.#marks.begun) return;
    const { rootTimeoutMs } = this.#request;
    this.#rootTimer = setTimeout(() => this.#fail(this.#rootless()), rootTimeoutMs);
  }

  /** An exception in the caller's functions also ends the run. */
  #guard(work: () => void): void {
    if (this.#settle === undefined) return;
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const settle = this.#finish();
    if (settle === undefined) return;
    if (this.#channel !== undefined) closeChannel(this.#request.link, this.#channel);
    settle.reject(error);
  }

  #finish() {
    const settle = this.#settle;
    this.#settle = undefined;
    clearTimeout(this.#timer);
    clearTimeout(this.#rootTimer);
    for (const undo of this.#undo) undo();
    return settle;
  }

  #rootless(): BridgeheadError {
    return this.#unfinished(this.#request.rootTimeoutMs, { sent: false, isLoginShell: true });
  }

  #late(): BridgeheadError {
    const isLoginShell = this.#marks.said !== '' || this.#opening !== '';
    return this.#unfinished(this.#request.options.deadlineMs, { sent: this.#sent, isLoginShell });
  }

  #unfinished(deadlineMs: number, what: Pick<Unfinished, 'sent' | 'isLoginShell'>): BridgeheadError {
    return unfinishedError(this.#heard, { ...what, deadlineMs, bytes: this.#bytes.stdout });
  }
}
