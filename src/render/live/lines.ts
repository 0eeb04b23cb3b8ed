import stringWidth from 'fast-string-width';
import { count } from '../../core/text.js';
import { type Command, isChanging } from '../../runner/events/commands.js';
import type { PhaseOutcome } from '../../runner/events/events.js';
import { shardText } from '../../runner/shards/shard.js';
import type { Paint } from '../colour.js';
import { waitedText, waitingText } from '../commands/lock-text.js';
import { movingText } from '../commands/program-text.js';
import { type EventOf, type EventTable, readEvent } from '../event-table.js';
import { givenText } from '../report/given-text.js';
import { revertedText } from '../report/reverted-text.js';
import { padTo } from '../table.js';
import { duration } from '../text.js';
import { tryingText } from '../trying-text.js';
import type { Renderer, Write } from './renderer.js';

const WIDEST_STEP = 40;

interface Line {
  readonly phase?: string;
  readonly step?: string;
  readonly node?: string;
  readonly text: string;
}

/** Plain lines, `phase  step  node  text`, for logs, pipes and networks too large for a tree. */
export function createLines(write: Write, paint: Paint): Renderer {
  let widths: readonly number[] = [];
  const table = tableOfLines(paint);
  return {
    event: (event) => {
      if (event.type === 'run-started') widths = widthsFor(event);
      for (const { phase, step = '-', node = '-', text } of readEvent(table, event)) {
        if (phase === undefined) {
          write(`${text}\n`);
          continue;
        }
        const cells = [phase, step, node].map((cell, index) => fitCell(cell, widths[index] ?? 0));
        write(`${[...cells, text].join('  ')}\n`);
      }
    },
    keepsGates: true,
    suspend: (work) => work(),
    close: async () => {},
  };
}

function widthsFor({ command, phases, nodes }: EventOf<'run-started'>): readonly number[] {
  const widest = (texts: readonly string[]) => Math.max(1, ...texts.map((text) => stringWidth(text)));
  return [
    widest(['connect', ...phases.map((phase) => phase.name)]),
    Math.min(
      WIDEST_STEP,
      widest(phases.flatMap(({ steps, gates }) => (isChanging(command) ? [...steps, ...gates] : gates))),
    ),
    widest(nodes),
  ];
}

function tableOfLines(paint: Paint): EventTable<readonly Line[]> {
  const verdict = (go: boolean) => (go ? paint.good('GO') : paint.bad('STOP'));
  const nameOf = new Map<string, string>();
  let command: Command = 'apply';
  let applying = false;
  return {
    'run-started': (event) => {
      command = event.command;
      const part =
        event.shard === undefined ? '' : ` of ${event.shard.total}, shard ${shardText(event.shard)}`;
      return [{ text: `${givenText(event)}${part}` }];
    },
    'node-connecting': () => [],
    'node-connected': ({ node, ms }) => [{ phase: 'connect', node, text: `connected in ${duration(ms)}` }],
    'node-probed': ({ node, ms }) => [{ phase: 'connect', node, text: `read in ${duration(ms)}` }],
    'node-left-out': ({ node, error }) => [
      { phase: 'connect', node, text: `${paint.warn('LEFT OUT')}  ${oneLine(error.message)}` },
    ],
    'node-failed': ({ node, error }) => [
      { phase: error.phase ?? 'connect', node, text: `${paint.bad('FAILED')}  ${oneLine(error.message)}` },
    ],
    'lock-taken': ({ node, from }) =>
      from === undefined ? [] : [{ phase: 'connect', node, text: `took over the lock of ${oneLine(from)}` }],
    'lock-waiting': (event) => [{ phase: 'connect', text: oneLine(waitingText(event)) }],
    'lock-waited': (event) => [{ phase: 'connect', text: waitedText(event) }],
    'lock-left': ({ node, reason }) => [
      { phase: 'connect', node, text: paint.warn(`could not release its lock: ${oneLine(reason)}`) },
    ],
    'guard-armed': ({ phase, node, seconds }) => [
      { phase, node, text: `guarded: reverts in ${seconds} s unless confirmed` },
    ],
    'guard-confirmed': ({ phase, node, ms }) => [
      { phase, node, text: `confirmed by a new login  ${duration(ms)}` },
    ],
    'boot-unproven': ({ phase, node, notes }) =>
      notes.map((note) => ({ phase, node, text: paint.warn(oneLine(note)) })),
    'guard-waiting': ({ phase, node, seconds, reason }) => [
      {
        phase,
        node,
        text: paint.warn(`not confirmed, the node reverts it within ${seconds} s: ${oneLine(reason)}`),
      },
    ],
    'guard-reverted': (event) => [
      { phase: event.phase, node: event.node, text: paint.warn(oneLine(revertedText(event))) },
    ],
    'shard-waiting': ({ phase = 'connect', nodes, seconds }) => [
      { phase, text: `waiting up to ${seconds} s for ${nodes.join(', ')} of other shards` },
    ],
    'relied-on': ({ phase, gate, go, summary }) => [
      { phase, step: gate, text: `${verdict(go)}  ${oneLine(summary)}  (relied on)` },
    ],
    'program-moving': (event) => [{ phase: event.phase, node: event.node, text: oneLine(movingText(event)) }],
    'phase-started': ({ phase }) => {
      applying = isChanging(command);
      return command === 'plan' ? [] : [{ phase, text: 'begins' }];
    },
    'step-planned': ({ phase, step, name, node, skipped }) => {
      nameOf.set(step, name);
      if (!applying || skipped === undefined) return [];
      return [{ phase, step: name, node, text: `skipped: ${oneLine(skipped)}` }];
    },
    'change-started': () => [],
    'change-done': ({ phase, step, node, summary, ms }) => [
      { phase, step: nameOf.get(step) ?? step, node, text: `${oneLine(summary)}  ${duration(ms)}` },
    ],
    'step-failed': ({ phase, step, node, error }) => [
      {
        phase,
        step: nameOf.get(step) ?? step,
        node,
        text: `${paint.bad('FAILED')}  ${oneLine(error.message)}`,
      },
    ],
    'gate-started': () => [],
    'gate-trying': (event) => [{ phase: event.phase, step: event.name, text: tryingText(event) }],
    'gate-ended': ({ phase, name, go, unmeasured, summary }) => [
      {
        phase,
        step: name,
        text: `${unmeasured ? paint.warn('SKIPPED') : verdict(go)}  ${oneLine(summary)}`,
      },
    ],
    'phase-ended': ({ phase, outcome, changes }) =>
      outcome === 'planned'
        ? []
        : [{ phase, text: `${paintOutcome(outcome, paint)}  ${count(changes, 'change')}` }],
    'run-ended': () => [],
  };
}

function paintOutcome(outcome: PhaseOutcome, paint: Paint): string {
  if (outcome === 'partial') return paint.warn('PARTIAL');
  return outcome === 'go' || outcome === 'done'
    ? paint.good(outcome.toUpperCase())
    : paint.bad(outcome.toUpperCase());
}

/** Padded, or truncated to its column. */
function fitCell(cell: string, width: number): string {
  if (stringWidth(cell) <= width || width < WIDEST_STEP) return padTo(cell, width);
  return padTo(`${[...cell].slice(0, width - 1).join('')}…`, width);
}

function oneLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
