import { BridgeheadError, EXIT, InputError, messageOf } from '../../../core/errors.js';
import { redact } from '../../../remote/redact.js';
import { sanitize } from '../../../remote/sanitize.js';
import type { Mode } from '../../../runner/events/commands.js';
import type { StampedEvent } from '../../../runner/events/events.js';
import { mapTexts } from '../../clean.js';
import { changesByNode } from '../changes.js';
import { reportOf } from '../run-report/run-report.js';
import type { Reason, RunReport } from '../run-report/types.js';
import type { NotificationEvent } from './events.js';

/** The summary of a run that webhooks and commands get. */
export interface Notification {
  /** Raised when a field is removed or changes its meaning. */
  readonly format: 1;
  readonly event: NotificationEvent;
  /** One line for people. */
  readonly text: string;
  readonly command: Mode;
  readonly exit: number;
  /** The following are absent if there was no run, for example because the inventory is broken. */
  readonly run?: string;
  readonly inventory?: string;
  readonly verdict?: RunReport['verdict'];
  readonly where?: string;
  readonly summary?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly changes?: RunReport['changes'];
  /** What a plan would change, by node. */
  readonly planned?: readonly { readonly node: string; readonly changes: readonly string[] }[];
  /** Why it was not GO, the most important first. */
  readonly reasons: readonly NotifiedReason[];
}

type NotifiedReason = Pick<Reason, 'kind' | 'title' | 'nodes' | 'message' | 'fixes'> & {
  readonly code?: string;
};

/** What came of a command: its exit code, and the error if it ended in one. */
export interface Outcome {
  readonly command: Mode;
  readonly exit: number;
  readonly error?: unknown;
}

/** Characters of one text. */
const LONGEST = 1000;
const MOST_REASONS = 20;
const MOST_NODES = 100;
const MOST_CHANGES = 20;

export function notificationOf(
  events: readonly StampedEvent[],
  { command, exit, error }: Outcome,
): Notification {
  const notification =
    events.length > 0 ? ofRun(reportOf(events), command, exit) : withoutRun(command, exit, error);
  return mapTexts(notification, (text) => redact(sanitize(text, LONGEST)));
}

function ofRun(report: RunReport, command: Mode, exit: number): Notification {
  const { run, inventory, verdict, where, summary, startedAt, endedAt, changes, reasons } = report;
  const event = eventOf(command, exit, changes.planned);
  const place = where === undefined ? '' : ` at ${where}`;
  return {
    format: 1,
    event,
    text: `${inventory.name}: ${event === 'drift' ? 'DRIFT' : verdict}${place}: ${summary}`,
    command,
    exit,
    run,
    inventory: inventory.name,
    verdict,
    ...(where === undefined ? {} : { where }),
    summary,
    startedAt,
    endedAt,
    changes,
    ...(command === 'plan' && { planned: plannedIn(report) }),
    reasons: reasons.slice(0, MOST_REASONS).map(({ findings: _, evidence: __, ...reason }) => reason),
  };
}

function eventOf(command: Mode, exit: number, planned: number): NotificationEvent {
  if (exit === EXIT.stop) return 'stop';
  if (exit !== EXIT.go && exit !== EXIT.changes) return 'failure';
  return command === 'plan' && planned > 0 ? 'drift' : 'go';
}

function plannedIn(report: RunReport): NonNullable<Notification['planned']> {
  return [...changesByNode(report)]
    .slice(0, MOST_NODES)
    .map(([node, changes]) => ({ node, changes: changes.slice(0, MOST_CHANGES) }));
}

/** Without an error there was nothing to do. */
function withoutRun(command: Mode, exit: number, error: unknown): Notification {
  if (error === undefined)
    return { format: 1, event: 'go', text: `${command}: nothing to do`, command, exit, reasons: [] };
  const reasons = reasonsIn(error);
  const text = `${command} failed: ${reasons[0]?.title ?? ''}${reasons[0]?.title ? ': ' : ''}${reasons[0]?.message ?? ''}`;
  return {
    format: 1,
    event: eventOf(command, exit, 0),
    text: text.split('\n')[0] ?? '',
    command,
    exit,
    reasons: reasons.slice(0, MOST_REASONS),
  };
}

function reasonsIn(error: unknown): NotifiedReason[] {
  if (error instanceof InputError)
    return error.problems.map(({ file, line, column, path, message, fix }) => ({
      kind: 'failed',
      title: [file, line, column].filter((part) => part !== undefined).join(':'),
      nodes: [],
      code: error.code,
      message: path === undefined || path === '' ? message : `${path}: ${message}`,
      fixes: fix === undefined ? [] : [fix],
    }));
  const { node, phase, step, fix } = error instanceof BridgeheadError ? error.details : {};
  return [
    {
      kind: 'failed',
      title: [node, phase, step].filter((part) => part !== undefined).join(' / '),
      nodes: node === undefined ? [] : [node],
      ...(error instanceof BridgeheadError && { code: error.code }),
      message: error instanceof Error ? error.message : messageOf(error),
      fixes: fix === undefined ? [] : [fix],
    },
  ];
}
