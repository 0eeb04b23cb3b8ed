import type { Finding, GateContext } from '../gates/types.js';
import { execute } from '../remote/execute.js';
import type { FragmentReply } from '../remote/program.js';
import { connectionOf, NodeErrors, type RunContext } from './context.js';
import { reportError } from './report.js';
import type { GateWork } from './work.js';

const SPARE_SECONDS = 30;

/** What a gate answered, for the nodes that the run is about. */
export interface Measured {
  readonly work: GateWork;
  readonly go: boolean;
  readonly summary: string;
  readonly findings: readonly Finding[];
}

/** Seconds that a gate may go on trying: its own default, or the parameter `within`. */
function patienceOf({ kind, gate }: GateWork): number {
  const within = (gate.params as { readonly within?: unknown } | null)?.within;
  return typeof within === 'number' ? within : kind.patience;
}

type Replies = ReadonlyMap<string, ReadonlyMap<string, FragmentReply>>;

function gateContext(
  run: RunContext,
  inventory: GateContext<unknown>['inventory'],
  work: GateWork,
  waits: Pick<GateContext<unknown>, 'patience' | 'earlier'>,
): GateContext<unknown> {
  return {
    params: work.gate.params,
    inventory,
    networks: work.networks,
    ...waits,
    token: run.token,
    facts: run.observations,
    measured: work.nodes.map(({ name }) => name),
  };
}

async function ask(run: RunContext, contexts: ReadonlyMap<GateWork, GateContext<unknown>>): Promise<Replies> {
  const nodes = [...new Set([...contexts.keys()].flatMap((work) => work.nodes))];
  const seconds = [...contexts.values()].reduce((sum, { patience }) => sum + patience, SPARE_SECONDS);
  const settled = await Promise.allSettled(
    nodes.map(async (node) => {
      const fragments = [...contexts].flatMap(([work, context]) =>
        work.nodes.includes(node)
          ? [{ id: `gate.${work.gate.id}`, script: work.kind.probe(context, node) }]
          : [],
      );
      try {
        const options = { node: node.name, deadlineMs: seconds * 1000, signal: run.signal };
        const parting = run.locks.partingFragments(node.name);
        const all = [...parting, ...fragments];
        const replies = await execute(connectionOf(run, node.name), all, options);
        if (parting.some(({ id }) => replies.get(id)?.code === 0)) run.locks.released(node.name);
        return [node.name, replies] as const;
      } catch (error) {
        run.emit({ type: 'node-failed', node: node.name, error: reportError(error, { node: node.name }) });
        throw error;
      }
    }),
  );
  const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 0) throw new NodeErrors(errors);
  return new Map(settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
}

/** GO needs a finding for every chosen node, and every finding to be GO. */
function judge(run: RunContext, work: GateWork, context: GateContext<unknown>, replies: Replies): Measured {
  const own = new Map<string, FragmentReply>();
  for (const { name } of work.nodes) {
    const reply = replies.get(name)?.get(`gate.${work.gate.id}`);
    if (reply) own.set(name, reply);
  }
  const verdict = work.kind.verdict(context, own);
  const concerns = (finding: Finding): boolean =>
    run.chosen.has(finding.node) || (finding.peer !== undefined && run.chosen.has(finding.peer));
  const findings = verdict.findings.filter(concerns);
  const told = new Set(findings.map(({ node }) => node));
  const untold = work.nodes
    .filter(({ name }) => run.chosen.has(name) && !told.has(name))
    .map(
      ({ name }): Finding => ({
        go: false,
        node: name,
        expected: 'a measurement',
        seen: 'nothing was measured',
      }),
    );
  const all = [...findings, ...untold];
  const whole = all.length === verdict.findings.length;
  return {
    work,
    go: all.every(({ go }) => go),
    summary: whole ? verdict.summary : `${all.filter(({ go }) => go).length} of ${all.length} findings GO`,
    findings: all,
  };
}

export interface MeasureRequest {
  readonly inventory: GateContext<unknown>['inventory'];
  readonly gates: readonly GateWork[];
  /** Upper bound in seconds on every gate's own patience. */
  readonly patienceCap?: number;
}

/** Measures gates on all their nodes at once, one program a node, and judges them. Tells nothing yet. */
export async function measure(
  run: RunContext,
  { inventory, gates, patienceCap }: MeasureRequest,
): Promise<Measured[]> {
  let earlier = 0;
  const contexts = new Map(
    gates.map((work) => {
      const patience = Math.min(patienceOf(work), run.patience.gate, patienceCap ?? Number.POSITIVE_INFINITY);
      const gate = gateContext(run, inventory, work, { patience, earlier });
      earlier += patience;
      return [work, gate] as const;
    }),
  );
  if (contexts.size === 0) return [];
  const replies = await ask(run, contexts);
  return [...contexts].map(([work, context]) => judge(run, work, context, replies));
}
