import { randomBytes } from 'node:crypto';
import { BridgeheadError, EXIT } from '../core/errors.js';
import type { Inventory, Node } from '../model/inventory.js';
import { clean } from '../render/clean.js';
import { lockLines } from '../render/commands/lock-text.js';
import { errorsText, explainText } from '../render/report/stop-report.js';
import type { GuardPolicy, RunContext } from '../runner/context.js';
import type { Command } from '../runner/events/commands.js';
import { type Ending, endingOf } from '../runner/events/ending.js';
import type { AnnouncedPhase } from '../runner/events/events.js';
import { exitOf, toReportedError } from '../runner/events/report.js';
import { newRunId } from '../runner/journal/journal.js';
import { locateInventory } from './locate.js';
import type { ConnectFlags } from './options.js';
import { toReaders } from './run/event-readers.js';
import { NodesJournal } from './run/nodes-journal.js';
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
  /** Where to write the journal of a command that changes nodes. */
  readonly journal?: { readonly command: Command; readonly stateDir: string };
  /** Seconds to wait for nodes that another run holds. */
  readonly waitForLock?: number | undefined;
}

/** What a command that works on nodes without a playbook gets. */
export interface OnNodes {
  readonly context: RunContext;
  readonly nodes: readonly Node[];
  /** Called once it is known what the journal's run does, before it asks. */
  begin(phases: readonly AnnouncedPhase[]): void;
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
  const signals = watchSignals(io);
  const { makeContext } = await import('../runner/make-context.js');
  const { releaseAll } = await import('../runner/locks/release.js');
  const { NodeErrors } = await import('../runner/context.js');
  const { signal } = signals;
  const run = newRunId(new Date(), randomBytes(3).toString('hex'), request.journal?.stateDir);
  const journal = request.journal && new NodesJournal({ ...request.journal, run, inventory, nodes: wanted });
  const emit = toReaders((event) => journal?.write(event), lockLines(json ? io.stderr : io.stdout));
  const transport = await openTransport(inventory, options, io, { signal, suspend: (ask) => ask() });
  const context = makeContext({
    run,
    inventory,
    transport,
    emit: (event) => emit({ ...event, run, at: new Date().toISOString() }),
    signal: signals.signal,
    concurrency: options.concurrency,
    chosen: new Set(wanted),
    guard: request.guard,
    patience: { lock: request.waitForLock ?? 0 },
  });
  const say = (text: string) => void (json ? undefined : io.stdout.write(text));
  const ask = async (question: string) => options.yes === true || (await confirm(question, signals.signal));
  const begin = (phases: readonly AnnouncedPhase[]) => journal?.begin(phases);
  let ending: Ending | undefined;
  try {
    const exit = await work({ context, nodes, begin, ask, say });
    ending = { exit, errors: [] };
    return exit;
  } catch (error) {
    ending = endingOf(error, { signal });
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
    if (ending !== undefined) journal?.end(ending);
    journal?.close();
    await transport.close();
    signals.stop();
  }
}
