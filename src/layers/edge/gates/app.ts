import { count } from '../../../core/text.js';
import type { Inventory } from '../../../model/inventory.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { parameters, withinParameter } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { URL_PATH } from '../inventory/app-schema.js';
import { overlayAddresses } from '../overlay.js';
import { listenAddresses } from '../upstream.js';
import { type AppParams, type Chain, chainsOf } from './app/chains.js';
import { judgeApp } from './app/judge/app.js';
import { answerText, asksItself } from './app/judge/asked.js';
import { judgeChain } from './app/judge/chain.js';
import { judgeName } from './app/judge/name.js';
import { type NodeSeen, nodeQuestion } from './app/node/node.js';
import { CALLER_PATH } from './app/trials/caller.js';
import { isTrying, trialSeconds, triesOf } from './app/trials/trials.js';
import { authorityText, isTrusted, measureApps } from './app/visit/outside.js';
import type { Outside } from './app/visited.js';

/** Days that a certificate must still be valid; they are renewed well before. */
const DAYS = 7;

const trial = (description: string, seconds: number, path: string): object => ({
  description,
  type: 'object',
  additionalProperties: false,
  properties: {
    path: { ...URL_PATH, description: `Default: ${path}.` },
    seconds: { type: 'integer', minimum: 1, maximum: 600, description: `Default ${seconds}.` },
  },
});

type Seen = ReadonlyMap<string, NodeSeen>;

function findingOf(context: GateContext<AppParams>, chain: Chain, seen: Seen, outside: Outside): Finding {
  const { inventory, facts, params } = context;
  const { app, edge, away } = chain;
  const isThis = (one: { readonly app: string; readonly edge: string }): boolean =>
    one.app === app.name && one.edge === edge;
  const [name] = outside.names
    .filter((one) => one.app === app.name)
    .flatMap((one) => judgeName(inventory, app, one) ?? []);
  const authority = authorityText(inventory, edge);
  return judgeChain({
    chain,
    name,
    visits: outside.visits.filter(isThis),
    trials: outside.trials.filter(isThis),
    tries: triesOf(params, app),
    isTrying: isTrying(context),
    front: {
      app,
      edge,
      ...(authority !== undefined && { authority }),
      isPublic: isTrusted(inventory, edge),
      days: params.days ?? DAYS,
      now: outside.now,
      seen: seen.get(edge),
      isAway: away === edge,
    },
    inside: {
      app,
      edge,
      away,
      overlay: listenAddresses(inventory, facts, app),
      edgeOverlay: app.network === undefined ? [] : overlayAddresses(inventory, facts, app.network, edge),
      isTailnet: inventory.tailnets?.some(({ name }) => name === app.network) === true,
      atEdge: seen.get(edge),
      atHome: seen.get(app.to.node),
    },
  });
}

/** What visitors get of a chain with a node that was left out is shown on the other one, and no part of the gate's answer. */
function shownFinding({ app, edge }: Chain, away: string, { peer: _, ...finding }: Finding): Finding {
  const { seen, fix = `check why ${away} can't be logged into` } = finding;
  return {
    ...finding,
    node: away === edge ? app.to.node : edge,
    go: true,
    noted: true,
    seen: `${away} was left out; ${seen}`,
    fix,
  };
}

/** What an app answers on its own node, which no edge has a part in. */
function ownFinding({ app }: Chain, atHome: NodeSeen): Finding {
  const base = { node: app.to.node, expected: `app ${app.name} answers on ${app.to.node} itself` };
  if (!atHome.perl) {
    return {
      ...base,
      go: true,
      noted: true,
      seen: 'not measured: no perl',
      fix: `install perl on ${app.to.node}`,
    };
  }
  const broken = judgeApp({ app, atHome });
  if (broken) return { ...base, go: false, seen: broken.evidence, fix: broken.fix };
  const asked = asksItself({ app, atHome }).find(({ match }) => match);
  return {
    ...base,
    go: true,
    seen: asked === undefined ? `port ${app.to.port}/${app.kind}` : answerText(asked),
  };
}

function idle(context: GateContext<AppParams>, node: string, busy: ReadonlySet<string>): Finding[] {
  if (busy.has(node)) return [];
  const isPartial = context.params.apps !== undefined;
  return [
    { go: true, node, expected: 'nothing to visit', seen: isPartial ? 'none of these apps' : 'no app' },
  ];
}

const hasApps = ({ apps }: Inventory): boolean => apps.length > 0;

/** Each app is visited as from the internet through each of its edges; the first broken hop is named. */
export const app: GateKind<AppParams, NodeSeen, Outside> = {
  kind: 'app',
  schema: parameters({
    ...withinParameter,
    apps: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { type: 'string', minLength: 1 },
      description: 'Visit only these apps.',
    },
    days: {
      type: 'integer',
      minimum: 0,
      maximum: 90,
      description: `Days that a certificate must still be valid; default ${DAYS}, or a quarter of its time if that is less.`,
    },
    upload: trial('Also upload a byte a second.', 65, 'that of the expectation'),
    websocket: trial('Also leave a WebSocket idle.', 70, '/'),
    caller: {
      description: 'Also see that the app knows the address of its visitor.',
      type: 'object',
      additionalProperties: false,
      properties: {
        path: {
          ...URL_PATH,
          description: `Where the app answers with that address. Default: ${CALLER_PATH}.`,
        },
      },
    },
  }),
  patience: 20,
  concerns: hasApps,
  lasts: trialSeconds,
  probe: nodeQuestion,
  outside: measureApps,

  verdict(context, readings) {
    const chains = chainsOf(context);
    const homes = chains.filter(({ app: { to } }, number) => {
      const isFirst = chains.findIndex((one) => one.app === chains[number]?.app) === number;
      return isFirst && readings.seen.has(to.node);
    });
    const visited = chains.map((chain) => findingOf(context, chain, readings.seen, readings.outside));
    const shown = chains.flatMap((chain, number) => {
      const finding = visited[number];
      if (finding === undefined) return [];
      return chain.away === undefined ? [finding] : [shownFinding(chain, chain.away, finding)];
    });
    const own = homes.flatMap((chain) => {
      const atHome = readings.seen.get(chain.app.to.node);
      return atHome === undefined ? [] : [ownFinding(chain, atHome)];
    });
    const busy = new Set([...shown, ...own].map(({ node }) => node));
    const idling = [...readings.seen.keys()].flatMap((node) => idle(context, node, busy));
    return conclude(readings, [...shown, ...own, ...idling], () => {
      const reached = visited.filter(({ go }) => go).length;
      return `${reached} of ${count(visited.length, 'app')} reached, each through each of its edges`;
    });
  },
};
