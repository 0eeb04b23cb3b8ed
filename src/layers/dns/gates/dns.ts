import { count } from '../../../core/text.js';
import { dnsProgram } from '../../../packets/programs/dns-program.js';
import { fromLines } from '../../../remote/reply-lines.js';
import { judgeName } from '../../edge/gates/app/judge/name.js';
import { isSplit } from '../../edge/gates/app/visit/names.js';
import { lookUpAll } from '../../edge/gates/app/visit/outside.js';
import type { NameSeen } from '../../edge/gates/app/visited.js';
import type { App } from '../../edge/inventory/types.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { noPerl } from '../../shared/packet-answers.js';
import { parameters, type WithinParams, withinParameter } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { DNS_PORT } from '../openings.js';
import { circlesOf, judgeCircles, NAMELESS_SECONDS } from './asking/circle.js';
import { judgeItself } from './asking/judge-itself.js';
import { judgeOwn } from './asking/judge-own.js';
import { judgeWay } from './asking/judge-way.js';
import { parseSeen, type Seen } from './asking/seen.js';
import { ownQuestions, questionsOf, tcpTargets, waysOf } from './asking/ways.js';

type Context = GateContext<WithinParams>;

/** Apps with a name, through the first of their edges that this run judges. */
const published = ({ inventory, counts, measured }: Context): readonly { app: App; edge: string }[] =>
  inventory.apps
    .filter(({ hosts }) => hosts.length > 0)
    .flatMap((app) => {
      const edge = app.edges.find((one) => measured.includes(one) && counts?.(one, app.to.node) !== false);
      return edge === undefined ? [] : [{ app, edge }];
    });

function outsideFinding(context: Context, app: App, edge: string, names: readonly NameSeen[]): Finding {
  const base = {
    node: edge,
    expected: `from the internet, ${app.hosts.join(', ')} leads to ${app.edges.join(', ')}`,
  };
  const own = names.filter((name) => name.app === app.name);
  const [broken] = own.flatMap((name) => judgeName(context.inventory, app, name) ?? []);
  if (broken !== undefined) return { ...base, go: false, seen: broken.evidence, fix: broken.fix };
  const isInside = own.some((name) => isSplit(context.inventory, app, name));
  const seen = isInside
    ? "A and AAAA of the zone's own servers are right; this machine's resolver has the answers of a LAN"
    : 'A and AAAA are right';
  return { ...base, go: true, seen };
}

function insideFindings(context: Context, node: string, seen: Seen): Finding[] {
  const { inventory } = context;
  const ways = waysOf(context, node);
  if (ways.length > 0 && !seen.perl) return [noPerl(node)];
  const own = ownQuestions(context, node);
  const itself = judgeItself(context, node, seen);
  const judged = inventory.dns && own && { node, inventory: inventory.name, dns: inventory.dns, own };
  return [
    ...ways.map((way) => judgeWay(node, way, seen)),
    ...itself,
    ...(itself.length > 0 ? [] : judgeCircles(context, node, seen)),
    ...(judged === undefined ? [] : [judgeOwn(judged, seen)]),
  ];
}

/** Names answer as the inventory says: asked on the LANs, in the networks, and from where this program runs. */
export const dnsGate: GateKind<WithinParams, Seen, readonly NameSeen[]> = {
  kind: 'dns',
  schema: parameters(withinParameter),
  patience: 10,
  concerns: ({ dns }) => dns !== undefined,

  probe(context, node) {
    const questions = questionsOf(context, node.name);
    const tcp = tcpTargets(context, node.name);
    const grace = circlesOf(context, node.name).length > 0 ? NAMELESS_SECONDS : 1;
    return {
      packets: dnsProgram({ port: DNS_PORT, questions, tcp, grace }, context),
      parse: fromLines((lines) => parseSeen(lines, questions, tcp)),
    };
  },

  outside(context, visitor) {
    const until = performance.now() + context.patience * 1000;
    const apps = published(context).map(({ app }) => app);
    return lookUpAll(visitor, context.inventory, { apps, until });
  },

  verdict(context, readings) {
    const inside = [...readings.seen].flatMap(([node, seen]) => insideFindings(context, node, seen));
    const outside = published(context).map(({ app, edge }) =>
      outsideFinding(context, app, edge, readings.outside),
    );
    const findings = [...inside, ...outside];
    const idle = [...readings.seen.keys()]
      .filter((node) => !findings.some((finding) => finding.node === node))
      .map(
        (node): Finding => ({
          go: true,
          node,
          expected: 'nothing to ask',
          seen: 'it is on no LAN and in no network of a node that answers names',
        }),
      );
    return conclude(readings, [...findings, ...idle], () => {
      const right = findings.filter(({ go }) => go).length;
      return `${right} of ${count(findings.length, 'view')} of the names are right, inside and outside`;
    });
  },
};
