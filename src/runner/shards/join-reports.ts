import { EXIT } from '../../core/errors.js';
import { groupsOf } from '../../core/groups.js';
import type { Finding } from '../../layers/gate.js';
import type { PhaseNodes, PhaseOutcome, ReportedError, RunEvent, StampedEvent } from '../events/events.js';
import type { ShardReport, Stamped } from './report.js';

/** From the worst on: a cause comes before its effects. */
const WORST_FIRST: readonly number[] = [
  EXIT.interrupted,
  EXIT.reverted,
  EXIT.bug,
  EXIT.stepFailed,
  EXIT.unreachable,
  EXIT.locked,
  EXIT.badInput,
  EXIT.stop,
  EXIT.changes,
  EXIT.go,
];

/** The exit code of a run whose shards ended so. */
export function worstExit(exits: readonly number[]): number {
  return WORST_FIRST.find((exit) => exits.includes(exit)) ?? EXIT.bug;
}

type Of<T extends RunEvent['type']> = Omit<Stamped<T>, 'run' | 'at'>;

const ofType = <T extends RunEvent['type']>({ events }: ShardReport, type: T): Stamped<T>[] =>
  events.filter((event): event is Stamped<T> => event.type === type);

const union = (lists: Iterable<readonly string[]>): string[] => [...new Set([...lists].flat())];

/** Each value once, as JSON distinguishes them. */
function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** Events about a node that only its own shard should report. */
const OF_OWN_NODES: ReadonlySet<RunEvent['type']> = new Set([
  'node-connecting',
  'node-connected',
  'node-probed',
  'program-moving',
]);

/** Events that are put together from all shards' ones, or that the joined report has no use for. */
const PUT_TOGETHER: ReadonlySet<RunEvent['type']> = new Set([
  'run-started',
  'node-failed',
  'lock-waiting',
  'lock-waited',
  'shard-waiting',
  'relied-on',
  'phase-started',
  'gate-started',
  'gate-trying',
  'gate-ended',
  'phase-ended',
  'run-ended',
]);

/**
 * One report from those of all shards, in their order, as one run would have written it. A gate or phase is GO when
 * every shard says so, and left out when one never came to it and none says STOP.
 */
export function joinReports(shards: readonly ShardReport[]): StampedEvent[] {
  const reports = [...shards].sort((a, b) => a.shard.index - b.shard.index);
  const begun = reports.map(({ started }) => started.at).sort()[0] ?? '';
  const over =
    reports
      .map(({ ended }) => ended.at)
      .sort()
      .at(-1) ?? '';
  const run = reports.map(({ started }) => started.run).sort()[0] ?? '';
  const joined: StampedEvent[] = [];
  const add = (event: RunEvent, at = over): void => void joined.push({ ...event, run, at });
  const started = joinStarted(reports);
  const names = started.phases.map(({ name }) => name);
  add(started, begun);
  const kept = reports.flatMap((report) => report.events.filter((event) => isKept(report, event)));
  const phaseOf = (event: StampedEvent): string | undefined =>
    'phase' in event && event.phase !== undefined && names.includes(event.phase) ? event.phase : undefined;
  for (const event of kept.filter((one) => phaseOf(one) === undefined)) add(event, event.at);
  for (const event of distinctFailures(reports)) add(event, event.at);
  for (const event of joinRelied(reports)) add(event);
  for (const phase of names) {
    const first = reports.flatMap((one) => ofType(one, 'phase-started')).find((one) => one.phase === phase);
    if (first === undefined) continue;
    add({ type: 'phase-started', phase }, first.at);
    for (const event of kept.filter((one) => phaseOf(one) === phase)) add(event, event.at);
    for (const event of joinGates(reports, phase)) add(event);
    const ended = joinPhaseEnds(reports, phase);
    if (ended !== undefined) add(ended);
  }
  const errors = distinct<ReportedError>(reports.flatMap(({ ended }) => ended.errors));
  add({
    type: 'run-ended',
    exit: worstExit(reports.map(({ ended }) => ended.exit)),
    changes: reports.reduce((sum, { ended }) => sum + ended.changes, 0),
    errors,
    ms: Math.max(0, Date.parse(over) - Date.parse(begun)),
  });
  return joined;
}

function isKept({ started }: ShardReport, event: StampedEvent): boolean {
  if (PUT_TOGETHER.has(event.type)) return false;
  return !OF_OWN_NODES.has(event.type) || ('node' in event && started.nodes.includes(event.node));
}

/** A node that nobody reaches is reported by every shard that reads it. */
function distinctFailures(reports: readonly ShardReport[]): Stamped<'node-failed'>[] {
  const failures = reports.flatMap((report) => ofType(report, 'node-failed'));
  return [...new Map(failures.map((one) => [JSON.stringify([one.node, one.error]), one])).values()];
}

function joinStarted(reports: readonly ShardReport[]): Of<'run-started'> {
  const [first] = reports;
  if (first === undefined) throw new TypeError('no reports');
  const { command, inventory, playbook, phases, version, overview } = first.started;
  return {
    type: 'run-started',
    command,
    inventory,
    ...(playbook === undefined ? {} : { playbook }),
    nodes: union(reports.map(({ started }) => started.nodes)),
    joined: reports.map(({ started }) => started.run),
    ...(version === undefined ? {} : { version }),
    ...(overview === undefined ? {} : { overview }),
    phases: phases.map(({ name, description }, at) => ({
      name,
      ...(description === undefined ? {} : { description }),
      steps: union(reports.map(({ started }) => started.phases[at]?.steps ?? [])),
      gates: union(reports.map(({ started }) => started.phases[at]?.gates ?? [])),
    })),
  };
}

/** `12 of 12 pairs GO`; findings are counted if some are about a node alone. */
function summaryOf(findings: readonly Finding[]): string {
  const pairs = new Map<string, boolean>();
  for (const { node, peer, go } of findings) {
    if (peer === undefined) continue;
    const key = `${node} ${peer}`;
    pairs.set(key, go && pairs.get(key) !== false);
  }
  const allPairs = findings.length > 0 && findings.every(({ peer }) => peer !== undefined);
  const verdicts = allPairs ? [...pairs.values()] : findings.map(({ go }) => go);
  return `${verdicts.filter((go) => go).length} of ${verdicts.length} ${allPairs ? 'pairs' : 'findings'} GO`;
}

/** Gates reported by all shards, or stopped by one. */
function joinGateEvents<T extends { go: boolean; gate: string; findings: readonly Finding[] }>(
  events: readonly T[],
  shards: number,
): (T & { summary: string })[] {
  return groupsOf(events, ({ gate }) => gate).flatMap((events) => {
    const [first] = events;
    const go = events.every((one) => one.go);
    if (first === undefined || (go && events.length < shards)) return [];
    const findings = events.flatMap((one) => one.findings);
    return [{ ...first, go, summary: summaryOf(findings), findings }];
  });
}

function joinGates(reports: readonly ShardReport[], phase: string): Stamped<'gate-ended'>[] {
  const events = reports.flatMap((report) =>
    ofType(report, 'gate-ended').filter((one) => one.phase === phase),
  );
  return joinGateEvents(events, reports.length);
}

function joinRelied(reports: readonly ShardReport[]): Stamped<'relied-on'>[] {
  const events = reports.flatMap((report) => ofType(report, 'relied-on'));
  return groupsOf(events, ({ phase }) => phase).flatMap((events) => joinGateEvents(events, reports.length));
}

function outcomeOf(events: readonly PhaseOutcome[], shards: number): PhaseOutcome | undefined {
  if (events.includes('failed')) return 'failed';
  if (events.includes('stop')) return 'stop';
  return events.length < shards ? undefined : events[0];
}

function joinPhaseEnds(reports: readonly ShardReport[], phase: string): Of<'phase-ended'> | undefined {
  const ends = reports.flatMap((report) =>
    ofType(report, 'phase-ended')
      .filter((one) => one.phase === phase)
      .map((ended) => ({ report, ended })),
  );
  const outcome = outcomeOf(
    ends.map(({ ended }) => ended.outcome),
    reports.length,
  );
  if (outcome === undefined) return undefined;
  const changes = ends.reduce((sum, { ended }) => sum + ended.changes, 0);
  const left = ends.some(({ ended }) => ended.nodes !== undefined)
    ? joinNodes(ends.map(({ report, ended }) => ended.nodes ?? madeIn(report, phase)))
    : undefined;
  return { type: 'phase-ended', phase, outcome, changes, ...(left && { nodes: left }) };
}

/** What a shard that was GO itself has made of its nodes. */
function madeIn(report: ShardReport, phase: string): PhaseNodes {
  const about = <T extends { phase: string; node: string }>(events: readonly T[]): string[] =>
    union([events.filter((one) => one.phase === phase).map(({ node }) => node)]);
  const changed = about(ofType(report, 'change-done'));
  const untouched = about(ofType(report, 'step-planned')).filter((node) => !changed.includes(node));
  return { changed, untouched, reverted: [], unknown: [] };
}

function joinNodes(parts: readonly PhaseNodes[]): PhaseNodes {
  return {
    changed: union(parts.map(({ changed }) => changed)),
    untouched: union(parts.map(({ untouched }) => untouched)),
    reverted: union(parts.map(({ reverted }) => reverted)),
    unknown: union(parts.map(({ unknown }) => unknown)),
  };
}
