import { randomBytes } from 'node:crypto';
import { BridgeheadError, EXIT } from '../core/errors.js';
import type { Inventory, Node } from '../model/inventory.js';
import { clean } from '../render/clean.js';
import { errorsText, explainText } from '../render/report/stop-report.js';
import type { GuardPolicy, RunContext } from '../runner/context.js';
import type { RunEvent } from '../runner/events/events.js';
import { exitOf, toReportedError } from '../runner/events/report.js';
import { newRunId } from '../runner/journal/journal.js';
import { locateInventory } from './locate.js';
import type { ConnectFlags } from './options.js';
import { pick } from './select.js';
import { openTransport } from './ssh-transport.js';
import { confirm, requireConfirmable } from './terminal/ask.js';
import { type Io, paintFor } from './terminal/io.js';
import { watchSignals } from './terminal/signals.js';

export interface NodesRequest {
  readonly command: string;
  readonly options: ConnectFlags;
  readonly io: Io;
  /** Names as typed; none means all. */
  readonly names: readonly string[];
  /** Whether it only reads, so that there is nothing to confirm. */
  readonly onlyReads?: boolean;
  /** What to do if it can't ask. */
  readonly unasked?: string;
  readonly guard?: GuardPolicy;
  readonly emit?: (event: RunEvent) => void;
}

/** What a command that works on nodes without a playbook gets. */
export interface OnNodes {
  readonly context: RunContext;
  readonly nodes: readonly Node[];
  /** Asks, unless `--yes` was given. */
  ask(question: string): Promise<boolean>;
  /** Text for people; nothing with `--json`. */
  say(text: string): void;
}

/** Connects a command without a playbook to its nodes, runs it to its exit code, and cleans up. */
export async function onNodes(
  request: NodesRequest,
  work: (on: OnNodes) => Promise<number>,
): Promise<number> {
  const { command, options, io } = request;
  const json = options.json === true;
  const { loadInventory } = await import('../inventory/index.js');
  const inventory: Inventory = await loadInventory(locateInventory(options.inventory, io.cwd));
  if (options.yes !== true && request.onlyReads !== true) {
    requireConfirmable(command, { io, json, fix: request.unasked ?? 'add --yes to run it without asking' });
  }
  const known = inventory.nodes.map(({ name }) => name);
  const wanted = request.names.length === 0 ? known : pick('node', request.names, known);
  const nodes = inventory.nodes.filter(({ name }) => wanted.includes(name));
  const signals = watchSignals();
  const { makeContext } = await import('../runner/make-context.js');
  const { releaseAll } = await import('../runner/locks/release.js');
  const { NodeErrors } = await import('../runner/context.js');
  const { signal } = signals;
  const transport = await openTransport(inventory, options, io, { signal, suspend: (ask) => ask() });
  const context = makeContext({
    run: newRunId(new Date(), randomBytes(3).toString('hex')),
    inventory,
    transport,
    emit: request.emit ?? (() => undefined),
    signal: signals.signal,
    concurrency: options.concurrency,
    chosen: new Set(wanted),
    guard: request.guard,
  });
  const say = (text: string) => void (json ? undefined : io.stdout.write(text));
  const ask = async (question: string) => options.yes === true || (await confirm(question, signals.signal));
  try {
    return await work({ context, nodes, ask, say });
  } catch (error) {
    if (signals.signal.aborted) throw new BridgeheadError('E_INTERRUPTED', 'interrupted', { cause: error });
    if (!(error instanceof NodeErrors)) throw error;
    const errors = error.errors.map((one) => toReportedError(one));
    if (json) io.stdout.write(`${JSON.stringify({ ok: false, errors })}\n`);
    else {
      const paint = paintFor(io, 'stderr', options.color);
      io.stderr.write(errorsText(clean(errors), paint));
      const [first] = errors;
      if (first !== undefined && io.stderr.isTTY === true) io.stderr.write(explainText(first.code, paint));
    }
    return exitOf(errors) || EXIT.bug;
  } finally {
    await releaseAll(context);
    await transport.close();
    signals.stop();
  }
}
