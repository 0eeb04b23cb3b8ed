import type { Finding, GateContext, GateProbe, Verdict } from '../../layers/gate.js';
import { readReplies } from '../../layers/shared/verdict.js';
import type { FragmentReply } from '../../remote/program.js';
import type { RunContext } from '../context.js';
import { type Refusals, refusedFindings } from '../groups/anew.js';
import type { GateWork } from '../plan/work.js';
import { failedFindings, type OutsideAnswer } from './outside.js';

/** What a gate answered, for the nodes that the run is about. */
export interface Measured {
  readonly work: GateWork;
  readonly go: boolean;
  /** None of its nodes could be reached: neither GO nor STOP. */
  readonly unmeasured?: boolean;
  readonly summary: string;
  readonly findings: readonly Finding[];
  /** What the gate wants to be given when it is measured again. */
  readonly recall?: unknown;
}

export type Replies = ReadonlyMap<string, ReadonlyMap<string, FragmentReply>>;

export interface Judging {
  readonly work: GateWork;
  readonly context: GateContext<unknown>;
  readonly refusals: Refusals;
  readonly probeOf: (node: string) => GateProbe;
  /** Absent for a kind that doesn't measure from this machine. */
  readonly outside: OutsideAnswer | undefined;
}

function verdictOf(
  { work, context, probeOf, outside }: Judging,
  replies: ReadonlyMap<string, FragmentReply>,
): Verdict {
  if (outside !== undefined && 'failure' in outside) {
    return { summary: 'not measured from this machine', findings: failedFindings(work, outside.failure) };
  }
  const readings = readReplies(context, replies, probeOf);
  return work.kind.verdict(context, { ...readings, outside: outside?.value });
}

/** GO needs a finding for every chosen node, and every finding to be GO. */
export function judge(run: RunContext, judging: Judging, replies: Replies): Measured {
  const { work, refusals } = judging;
  if (work.nodes.length === 0 && work.absent.length > 0) {
    const summary = `not measured: ${work.absent.join(', ')} left out`;
    return { work, go: false, unmeasured: true, summary, findings: [] };
  }
  const own = new Map<string, FragmentReply>();
  for (const { name } of work.nodes) {
    const reply = replies.get(name)?.get(work.gate.id);
    if (reply) own.set(name, reply);
  }
  const verdict = verdictOf(judging, own);
  const refused = refusedFindings(work, refusals);
  const findings = [
    ...verdict.findings.filter((finding) => !refused.some(({ node }) => node === finding.node)),
    ...refused,
  ].filter(({ node, peer }) => run.counts(node, peer));
  const measured = new Set(findings.map(({ node }) => node));
  const missing = work.nodes
    .filter(({ name }) => run.chosen.has(name) && !measured.has(name))
    .map(
      ({ name }): Finding => ({
        go: false,
        node: name,
        expected: 'a measurement',
        seen: 'nothing was measured',
      }),
    );
  const all = [...findings, ...missing];
  const whole = refused.length === 0 && all.length === verdict.findings.length;
  const text = whole ? verdict.summary : `${all.filter(({ go }) => go).length} of ${all.length} findings GO`;
  return {
    work,
    go: all.every(({ go }) => go),
    summary: work.absent.length > 0 ? `${text}; ${work.absent.join(', ')} left out` : text,
    findings: all,
    recall: verdict.recall,
  };
}
