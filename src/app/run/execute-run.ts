import { randomBytes } from 'node:crypto';
import { EXIT } from '../../core/errors.js';
import type { Facts } from '../../layers/step.js';
import type { Inventory } from '../../model/inventory.js';
import type { Playbook } from '../../playbook/types.js';
import type { Transport } from '../../remote/transport.js';
import { clean } from '../../render/clean.js';
import { createRenderer } from '../../render/live/create-renderer.js';
import { planText } from '../../render/plan/plan-text.js';
import { planQuestion } from '../../render/plan/retired.js';
import {
  allErrors,
  createRecord,
  isPartialGo,
  recordEvent,
  stepsToChange,
  unreachedIn,
} from '../../render/report/record.js';
import { endingText } from '../../render/report/run-footer.js';
import { modeOf, type PlaybookCommand } from '../../runner/events/commands.js';
import type { EventSink } from '../../runner/events/events.js';
import { newRunId } from '../../runner/journal/journal.js';
import type { GivenFacts } from '../../runner/plan/scope.js';
import type { RunRequest } from '../../runner/run.js';
import { topicOfRun } from '../explain/topic-of-run.js';
import { guardPolicy, type Options, stateDir } from '../options.js';
import { programsFolder } from '../programs/folder.js';
import { programsFrom } from '../programs/programs.js';
import { openTransport } from '../ssh-transport.js';
import { confirm } from '../terminal/ask.js';
import { type Io, paintFor, widthOf } from '../terminal/io.js';
import { watchSignals } from '../terminal/signals.js';
import { readVersion } from '../version.js';
import { toReaders } from './event-readers.js';
import { requireSameFiles } from './files-kept.js';
import { journalIn } from './journal.js';

export type PerformOptions = Pick<
  Options,
  | 'yes'
  | 'json'
  | 'acceptNew'
  | 'concurrency'
  | 'timeout'
  | 'sudoTimeout'
  | 'programTimeout'
  | 'gateTimeout'
  | 'guard'
  | 'guardSeconds'
  | 'rollbackPhase'
  | 'skipUnreachable'
  | 'keepChanged'
  | 'shardWait'
  | 'waitForLock'
  | 'full'
  | 'color'
  | 'stateDir'
  | 'programs'
>;

/** A run of the command line: what to run, and where its output goes. */
export interface Performance
  extends Pick<RunRequest, 'phases' | 'only' | 'shard' | 'secrets' | 'indispensable'> {
  readonly command: PlaybookCommand;
  readonly inventory: Inventory;
  readonly playbook: Playbook;
  readonly options: PerformOptions;
  readonly io: Io;
  /** What else hears of it. */
  readonly event?: EventSink | undefined;
  /** The command that resumes it. */
  readonly resume?: string;
  /** The command that runs on the nodes that answer. */
  readonly without?: string;
  /** A drawing of the result; called on a terminal, when changes were made and the run ended in GO. */
  readonly picture?: () => Promise<string | undefined>;
  /** The command that undoes it, by its run id; shown on a terminal. */
  readonly undo?: (run: string) => string;
  /** Facts known in advance, of nodes that are then not contacted. */
  readonly given?: (transport: Transport, signal: AbortSignal) => Promise<GivenFacts>;
  /** What the file of the inventory said, if `inventory` is an edit of that. */
  readonly edited?: string;
  /** Writes down what is in force now: called after GO, while the nodes are still locked. What it throws ends the run. */
  readonly commit?: (transport: Transport, signal: AbortSignal) => Promise<void>;
  /** Called after that, when the nodes are released and the result is shown, while connections can still be made. */
  readonly after?: (transport: Transport, signal: AbortSignal) => Promise<void>;
  /** Whether to call both as well if all is GO except for nodes that were left out. */
  readonly afterPartial?: boolean;
  /** A node that leaves every network, so that its retirements need no warning. */
  readonly leaving?: string;
}

export interface Performed {
  readonly exit: number;
  /** Steps that had changes to make. */
  readonly changes: number;
  /** Changes that were made. */
  readonly made: number;
  /** The final facts of the nodes. */
  readonly facts: Facts;
  /** Whether the user was asked and said no. */
  readonly declined: boolean;
  /** An earlier phase that the selected ones depend on and that is not in force; undefined if all are. */
  readonly unmet: string | undefined;
  /** Nodes that could not be connected to. */
  readonly unreached: readonly string[];
}

/** One run with its journal, renderer and confirmation; an apply asks first unless `yes` is set. */
export async function perform(performance: Performance): Promise<Performed> {
  const { command, inventory, options, io, commit, after, afterPartial = false } = performance;
  const json = options.json === true;
  const paint = paintFor(io, 'stdout', options.color);
  const say = (text: string) => (json ? io.stderr : io.stdout).write(text);
  const state = stateDir(options.stateDir, io);
  const journal = journalIn(state, performance);
  const id = newRunId(new Date(), randomBytes(3).toString('hex'), state);
  const record = createRecord();
  const renderer = await createRenderer({
    write: (text) => void io.stdout.write(text),
    paint,
    json,
    live: io.stdout.isTTY === true && (io.env['CI'] ?? '') === '' && io.env['TERM'] !== 'dumb',
    height: io.stdout.rows || 24,
    width: widthOf(io),
  });
  const emit = toReaders(
    (event) => journal.write(event),
    (event) => performance.event?.(event),
    (event) => recordEvent(record, clean(event)),
    (event) => renderer.event(event),
  );

  const signals = watchSignals(io);
  const [{ run }, transport] = await Promise.all([
    import('../../runner/run.js'),
    openTransport(inventory, options, io, {
      signal: signals.signal,
      suspend: (work) => renderer.suspend(work),
    }),
  ]);

  let declined = false;
  const ask = () =>
    renderer.suspend(async () => {
      say(
        planText(record, {
          paint,
          width: widthOf(io),
          full: options.full === true,
          leaving: performance.leaving,
        }),
      );
      if (stepsToChange(record).length === 0) return true;
      const yes = await confirm(planQuestion(record, performance.leaving), signals.signal);
      declined = !yes;
      return yes;
    });

  try {
    const given = await performance.given?.(transport, signals.signal);
    const { exit, facts } = await run({
      command,
      run: id,
      version: readVersion(),
      inventory,
      playbook: performance.playbook,
      phases: performance.phases,
      only: performance.only,
      shard: performance.shard,
      indispensable: performance.indispensable,
      transport,
      emit,
      signal: signals.signal,
      resume: performance.resume,
      concurrency: options.concurrency,
      rollbackPhase: options.rollbackPhase,
      skipUnreachable: options.skipUnreachable,
      keepChanged: options.keepChanged,
      guard: guardPolicy(options),
      programs: programsFrom(programsFolder(options.programs, io)),
      patience: {
        program: options.programTimeout,
        lock: options.waitForLock ?? 0,
        ...(options.shardWait === undefined ? {} : { others: options.shardWait }),
        ...(options.gateTimeout === undefined ? {} : { gate: options.gateTimeout }),
      },
      ...(given && { given }),
      afterLock: async (waited) => {
        requireSameFiles(performance, performance.edited);
        return waited ? performance.given?.(transport, signals.signal) : undefined;
      },
      ...(commit && {
        commit: async (partial: boolean) => {
          const isOver = !partial || (afterPartial && allErrors(record).length === 0);
          if (isOver && !declined) await commit(transport, signals.signal);
        },
      }),
      ...(performance.secrets && { secrets: performance.secrets }),
      ...(modeOf(command) === 'apply' && options.yes !== true ? { confirm: ask } : {}),
    });
    await renderer.close();
    const made = record.ended?.changes ?? 0;
    const isDrawn = exit === EXIT.go && made > 0 && io.stdout.isTTY === true && !json;
    if (declined) say('Nothing was changed.\n');
    else if (!json)
      io.stdout.write(
        `\n${endingText(record, {
          journal: journal.path(),
          paint,
          width: widthOf(io),
          wrapsProse: io.stdout.isTTY === true,
          full: options.full,
          resume: performance.resume,
          without: performance.without,
          undo: io.stdout.isTTY === true ? performance.undo?.(id) : undefined,
          evidence: !renderer.keepsGates,
          picture: isDrawn ? await performance.picture?.() : undefined,
          topic: io.stdout.isTTY === true ? topicOfRun(record, performance.playbook) : undefined,
        })}`,
      );
    const isOver = exit === EXIT.go || (afterPartial && isPartialGo(record));
    if (isOver && !declined) await after?.(transport, signals.signal);
    const unmet = record.reliedOn.find(({ go }) => !go)?.phase;
    const changes = stepsToChange(record).length;
    return { exit, facts, changes, made, declined, unmet, unreached: unreachedIn(record) };
  } finally {
    await renderer.close();
    await transport.close();
    journal.close();
    signals.stop();
  }
}
