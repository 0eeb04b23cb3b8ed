import { EXIT } from '../../../core/errors.js';
import { count } from '../../../core/text.js';
import { redact } from '../../../remote/redact.js';
import { sanitize } from '../../../remote/sanitize.js';
import { isMeasuring } from '../../../runner/events/commands.js';
import type { StampedEvent } from '../../../runner/events/events.js';
import { mapTexts } from '../../clean.js';
import { collectPairs } from '../../pairs/collect.js';
import { disruptionText } from '../../plan/disruption.js';
import { duration } from '../../text.js';
import { isDeclined } from '../declined.js';
import { createRecord, type RunRecord, recordEvent, stepsToChange } from '../record.js';
import { changesText, placeOf, plannedIn, verdictOf } from '../summary.js';
import { nodesOf } from './nodes.js';
import { phasesOf } from './phases.js';
import { reasonsOf } from './reasons.js';
import { isSuccess, type RunReport, type Verdict } from './types.js';

/**
 * The report of a run from its events, of which the first is its start. Whatever machines sent can neither control a terminal
 * nor be a secret of a known form.
 */
export function reportOf(stamped: readonly StampedEvent[]): RunReport {
  const events = stamped.map((event) => mapTexts(event, (text) => redact(sanitize(text))));
  const record = createRecord();
  for (const event of events) recordEvent(record, event);
  const { started, ended } = record;
  const [first, last] = [events[0], events.at(-1)];
  if (started === undefined || first === undefined || last === undefined) {
    throw new TypeError('the events of a run begin with its start');
  }
  const { command, version, inventory, playbook, shard, joined, overview } = started;
  const where = ended === undefined ? '' : placeOf(record).trim().replace(/^at /, '');
  const verdict = verdictIn(record);
  const total = shard?.total ?? overview?.nodes.length ?? 0;
  return {
    format: 1,
    run: first.run,
    ...(joined && { joined }),
    command,
    ...(version === undefined ? {} : { version }),
    inventory,
    ...(playbook && { playbook }),
    ...(shard && { shard }),
    ...(started.nodes.length < total && { scope: { nodes: started.nodes.length, of: total } }),
    startedAt: first.at,
    endedAt: last.at,
    ms: ended?.ms ?? Date.parse(last.at) - Date.parse(first.at),
    ...(ended && { exit: ended.exit }),
    verdict,
    ...(isSuccess(verdict) || where === '' ? {} : { where }),
    summary: summaryIn(record, verdict),
    reasons: reasonsOf(record),
    changes: {
      planned: plannedIn(record),
      made: command === 'plan' ? 0 : (ended?.changes ?? madeIn(events)),
    },
    disruption: plannedIn(record) === 0 ? '' : disruptionText(stepsToChange(record)),
    nodes: nodesOf(started.nodes, events),
    phases: phasesOf(started, events),
    pairs: collectPairs(record),
    ...(overview && { overview }),
  };
}

const madeIn = (events: readonly StampedEvent[]): number =>
  events.filter(({ type }) => type === 'change-done').length;

function verdictIn(record: RunRecord): Verdict {
  const { started, ended } = record;
  if (ended === undefined) return 'UNFINISHED';
  if (isDeclined(record)) return 'DECLINED';
  if (ended.exit !== EXIT.go && ended.exit !== EXIT.changes) return verdictOf(ended.exit);
  if (started?.command === 'plan') return 'PLAN';
  return started === undefined || isMeasuring(started.command) ? 'GO' : 'DONE';
}

function summaryIn(record: RunRecord, verdict: Verdict): string {
  const { started, ended, phases, proved, leftOut } = record;
  const isMeasured = started !== undefined && isMeasuring(started.command);
  const gates = isMeasured ? [`${count(proved.length, 'gate')} GO`] : [];
  if (ended === undefined) return [...gates, 'the run was killed, or is still running'].join('; ');
  const took = `in ${duration(ended.ms)}`;
  if (verdict === 'PLAN') return `${planned(record)} ${took}`;
  if (verdict === 'DECLINED') return `${planned(record)} planned, none made; the plan was declined`;
  if (verdict === 'DONE') return `${changesText(record)} ${took}`;
  if (verdict === 'GO') {
    const done = [...phases.values()].filter((outcome) => outcome === 'go').length;
    return [count(done, 'phase'), ...gates, `${changesText(record)} ${took}`].join(', ');
  }
  const without = leftOut.length === 0 ? '' : `; without ${leftOut.map(({ node }) => node).join(', ')}`;
  return `${[...gates, `${count(ended.changes, 'change')} made ${took}`].join(', ')}${without}`;
}

function planned(record: RunRecord): string {
  const steps = stepsToChange(record);
  if (steps.length === 0) return 'nothing to change';
  const nodes = new Set(steps.map(({ node }) => node)).size;
  return `${count(plannedIn(record), 'change')} on ${count(nodes, 'node')}`;
}
