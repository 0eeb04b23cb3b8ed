import { groupsOf } from '../../../../core/groups.js';
import { count } from '../../../../core/text.js';
import type { Opening } from '../../../../model/inventory.js';
import type { Finding, GateContext } from '../../../gate.js';
import { portWord } from '../../validation.js';
import { openingFor, openingsOf } from '../probing/openings.js';
import { isAnswered, type Outcome, type Why } from '../probing/outcome.js';
import { heldPorts } from '../probing/ports.js';
import type { Probe } from '../probing/probes.js';
import type { Seen } from '../probing/seen.js';
import type { HeldPort } from '../probing/sockets.js';
import { wayWords } from '../probing/ways.js';
import { whyClosed } from '../probing/why-closed.js';
import { whyAnswered, whyOpen } from './why-open.js';

/** What one node found out about another. */
export interface Pair {
  readonly from: string;
  readonly to: string;
  readonly outcomes: readonly Outcome[];
}

export interface Judged extends Pair {
  readonly context: GateContext<unknown>;
  readonly target: Seen;
  /** Whether the sender heard that the target was listening. */
  readonly wasReady: boolean;
  readonly held: readonly HeldPort[];
  readonly openings: readonly Opening[];
}

interface Wrong extends Why {
  readonly probe: Probe;
  readonly isOpen: boolean;
}

/** Of the ports with the same cause, so many are listed. */
const LISTED = 6;

/** One finding for each cause of something wrong between two nodes, or that all is as the rules say. */
export function judgePair(
  context: GateContext<unknown>,
  pair: Pair,
  seen: ReadonlyMap<string, Seen>,
): readonly Finding[] {
  const target = seen.get(pair.to);
  if (target?.perl !== true || seen.get(pair.from)?.perl !== true) return [];
  const held = heldPorts(context, pair.to) ?? [];
  const openings = openingsOf(context.inventory, pair.to, held);
  const wasReady = seen.get(pair.from)?.here.has(pair.to) === true;
  const judged = { context, target, wasReady, held, openings, ...pair };
  const wrong = pair.outcomes.flatMap((outcome) => judgeProbe(judged, outcome));
  if (wrong.length === 0) return [isMeasured(pair, seen) ? asWanted(judged) : notMeasured(judged)];
  const causes = groupsOf(wrong, ({ isOpen, seen: cause, fix }) => JSON.stringify([isOpen, cause, fix]));
  return causes.map((group) => findingOf(pair, group));
}

/** Whether anything of the one came to the other, in either direction: silence proves nothing between two that hear nothing. */
function isMeasured({ from, to, outcomes }: Pair, seen: ReadonlyMap<string, Seen>): boolean {
  const arrived = outcomes.some(({ end }) => end.kind === 'passed' || end.kind === 'dropped');
  return arrived || seen.get(from)?.here.has(to) === true || seen.get(to)?.here.has(from) === true;
}

function judgeProbe(judged: Judged, outcome: Outcome): readonly Wrong[] {
  const { target } = judged;
  const { probe, end } = outcome;
  const { way, must } = probe;
  const came = 'course' in end ? end.course.came : undefined;
  const arrival = came ? { source: came.address, device: came.device } : way;
  const port = { protocol: probe.protocol, port: came?.port ?? probe.arrives };
  const isWanted = openingFor(judged.openings, port, arrival) !== undefined;
  if (end.kind === 'passed') {
    if (isWanted) return [];
    return [{ probe, isOpen: true, ...whyOpen(judged, probe, end.course) }];
  }
  if (isAnswered(outcome) && !isWanted) return [{ probe, isOpen: true, ...whyAnswered(judged, probe) }];
  return must || (end.kind === 'dropped' && isWanted)
    ? [{ probe, isOpen: false, ...whyClosed(outcome, target, isWanted) }]
    : [];
}

function findingOf({ from, to }: Pair, group: readonly Wrong[]): Finding {
  const [first] = group;
  if (first === undefined) throw new TypeError('a cause has at least one port');
  const places = groupsOf(group, ({ probe }) => wayWords(probe.way)).map((wrong) => {
    const ports = listed(wrong.map(({ probe }) => portWord(probe)));
    return `${ports} at ${wrong.flatMap(({ probe }) => wayWords(probe.way)).at(0)}`;
  });
  const where = places.join('; ');
  return {
    go: false,
    node: from,
    peer: to,
    expected: first.isOpen ? `closed to ${from}: ${where}` : `open to ${from}: ${where}`,
    seen: first.seen,
    fix: first.fix,
  };
}

function listed(ports: readonly string[]): string {
  const more = ports.length - LISTED;
  return more > 0 ? `${ports.slice(0, LISTED).join(', ')} and ${more} more` : ports.join(', ');
}

function notMeasured({ from, to, outcomes }: Judged): Finding {
  const ways = new Set(outcomes.map(({ probe }) => wayWords(probe.way)));
  return {
    go: true,
    noted: true,
    node: from,
    peer: to,
    expected: 'open and closed as the firewall rules say',
    seen: `not measured: nothing of ${from} arrives at ${to}, at ${[...ways].join(', ')}, and neither heard the other`,
    fix: `check that ${to} has these addresses, and what is in front of it`,
  };
}

function asWanted({ from, to, outcomes }: Judged): Finding {
  const open = outcomes.filter(({ end }) => end.kind === 'passed').map(({ probe }) => portWord(probe));
  const ways = new Set(outcomes.map(({ probe }) => wayWords(probe.way)));
  const ports = new Set(outcomes.map(({ probe }) => portWord(probe)));
  const only = open.length === 0 ? 'closed' : `only ${listed([...new Set(open)])} open`;
  return {
    go: true,
    node: from,
    peer: to,
    expected: 'open and closed as the firewall rules say',
    seen: `${only}, of ${count(ports.size, 'port')} at ${[...ways].join(', ')}`,
  };
}
