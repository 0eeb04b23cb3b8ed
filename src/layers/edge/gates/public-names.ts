import { count } from '../../../core/text.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { parameters, type WithinParams, withinParameter } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { appsThrough } from '../registry.js';
import type { Chain } from './app/chains.js';
import type { Broken } from './app/hops.js';
import { type FrontContext, judgePorts, judgeRedirect } from './app/judge/front.js';
import { judgeName } from './app/judge/name.js';
import { edgeQuestion, type NodeSeen } from './app/node/node.js';
import { visit } from './app/visit/front.js';
import { keepOn, lookUpAll, timesOf, visitsOf } from './app/visit/outside.js';
import type { Outside, Visit } from './app/visited.js';

/** Apps that visitors find by name; of others there is no certificate. Who is behind the edge doesn't matter here. */
const namedChains = ({ inventory, counts }: GateContext<WithinParams>): readonly Chain[] =>
  inventory.apps
    .filter(({ kind }) => kind === 'http' || kind === 'tls')
    .flatMap((app) => app.edges.map((edge) => ({ app, edge })))
    .filter(({ edge }) => counts?.(edge, edge) !== false);

/** Whether the proxy itself answers at both ports: what it answers, and with which certificate, doesn't matter yet. */
const isOpen = ({ plain, front, handshake }: Visit): boolean =>
  [plain?.outcome ?? 'open', front.outcome].every(
    (outcome) => outcome === 'open' || outcome === 'unmeasured',
  ) && handshake === undefined;

function judgeHandshake({ edge }: FrontContext, { handshake, host = '' }: Visit): Broken | undefined {
  if (handshake === undefined) return undefined;
  return {
    hop: 'port',
    side: 'edge',
    evidence: `something at port 443 of ${edge} does not speak TLS for ${host}: ${handshake.text}`,
    fix: `check with \`ss -ltnp 'sport = :443'\` on ${edge} that our proxy has port 443`,
  };
}

function findingOf(
  context: GateContext<WithinParams>,
  { app, edge }: Chain,
  { outside, seen }: { readonly outside: Outside; readonly seen: ReadonlyMap<string, NodeSeen> },
): Finding {
  const names = outside.names.filter((one) => one.app === app.name);
  const visits = outside.visits.filter((one) => one.app === app.name && one.edge === edge);
  const base = {
    node: edge,
    expected: `${app.hosts.join(', ')} leads to ports 80 and 443 of ${edge}`,
  };
  const front: FrontContext = { app, edge, isPublic: false, days: 0, now: outside.now, seen: seen.get(edge) };
  const [broken] = [
    ...names.flatMap((name) => judgeName(context.inventory, app, name) ?? []),
    ...visits.flatMap((one) => judgePorts(front, one) ?? judgeRedirect(front, one) ?? []),
    ...visits.flatMap((one) => (app.kind === 'http' ? (judgeHandshake(front, one) ?? []) : [])),
  ];
  if (broken)
    return {
      ...base,
      go: false,
      seen: `names and ports are not ready (${broken.side}): ${broken.evidence}`,
      fix: broken.fix,
    };
  const isMeasured = ({ front: reach }: Visit): boolean => reach.outcome !== 'unmeasured';
  const families = (some: readonly Visit[]): string =>
    [...new Set(some.map(({ family }) => `IPv${family}`))].join(' and ');
  const measured = visits.filter(isMeasured);
  if (measured.length === 0) {
    const fix = `add the public address of ${edge} to the inventory, or run the gate from a machine that has its family`;
    return { ...base, go: false, seen: 'nothing could be visited', fix };
  }
  const rest = visits.filter((one) => !isMeasured(one));
  const text = `open over ${families(measured)}`;
  if (rest.length === 0) return { ...base, go: true, seen: text };
  const fix = 'an authority asks over IPv6 as well: run the gate from a machine that has it';
  return {
    ...base,
    go: true,
    noted: true,
    seen: `${text}; ${families(rest)} not measured: ${rest[0]?.front.text}`,
    fix,
  };
}

/**
 * The names of apps lead to their edges, and ports 80 and 443 are open there from outside, before an authority is asked for
 * certificates: it counts each attempt that fails.
 */
export const publicNames: GateKind<WithinParams, NodeSeen, Outside> = {
  kind: 'public-names',
  schema: parameters(withinParameter),
  patience: 20,
  concerns: ({ apps }) => apps.some(({ kind }) => kind === 'http' || kind === 'tls'),
  probe: edgeQuestion,

  async outside(context, visitor) {
    const { inventory, patience } = context;
    const until = performance.now() + patience * 1000;
    const chains = namedChains(context);
    const apps = [...new Set(chains.map(({ app }) => app))];
    const rest = { times: timesOf(patience), authorities: [] };
    const [names, visits] = await Promise.all([
      lookUpAll(visitor, inventory, { apps, until }),
      Promise.all(
        chains
          .flatMap((chain) => visitsOf(inventory, chain, rest))
          .map((request) => keepOn(visitor, until, () => visit(visitor, request), isOpen)),
      ),
    ]);
    return { names, visits, trials: [], now: Date.now() };
  },

  verdict(context, readings) {
    const { seen, outside } = readings;
    const findings = namedChains(context).map((chain) => findingOf(context, chain, { outside, seen }));
    const idle = [...seen.keys()]
      .filter((node) => !findings.some((finding) => finding.node === node))
      .map((node): Finding => {
        const what = appsThrough(context.inventory, node).length > 0 ? 'no app with a name' : 'no app';
        return { go: true, node, expected: 'nothing to visit', seen: what };
      });
    return conclude(readings, [...findings, ...idle], () => {
      const open = findings.filter(({ go }) => go).length;
      return `the names of ${open} of ${count(findings.length, 'app')} lead to open ports`;
    });
  },
};
