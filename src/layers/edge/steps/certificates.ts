import { inParts, type Question } from '../../../remote/question.js';
import { quote } from '../../../remote/quote.js';
import { mustSucceed } from '../../shared/failures.js';
import type { Change, Disruption, Explanation, StepContext, StepKind } from '../../step.js';
import { explainRefusal } from '../certificates/explain.js';
import { PLANTED_FIX } from '../certificates/judge.js';
import { mendKeyFile } from '../certificates/mend-key-file.js';
import { waitForCertificates } from '../certificates/order-script.js';
import {
  certificateFor,
  isPlanted,
  type KeyFile,
  keyFiles,
  type Stored,
  standsFor,
  storedCertificates,
} from '../certificates/stored.js';
import type { App } from '../inventory/types.js';
import { localProblems } from '../proxy/local-problems.js';
import { PROXY_USER } from '../proxy/paths.js';
import { planFile } from '../proxy/plan/files.js';
import { foreignOwner } from '../proxy/plan/trouble.js';
import type { AppFile, ReverseProxy } from '../proxy/proxy.js';
import { proxyFiles, type SeenFile } from '../proxy/read/files.js';
import { type EdgeSetup, isEdge, setupOf } from '../proxy/setup.js';

export interface SeenCertificates {
  readonly stored: readonly Stored[];
  readonly keys: readonly KeyFile[];
  readonly files: ReadonlyMap<string, SeenFile>;
  /** Milliseconds since 1970, by the clock of the node. */
  readonly now: number;
}

const WANTED_MODE = `600 ${PROXY_USER}`;

function question(context: StepContext<object>): Question<SeenCertificates> {
  const { proxy, setup } = setupOf(context);
  return inParts({
    now: { script: 'date +%s', parse: ({ stdout }) => Number(stdout.trim()) * 1000 },
    stored: storedCertificates(proxy, setup.edge.acme),
    keys: keyFiles(proxy),
    files: proxyFiles,
  });
}

const restartOf = ({ unit }: ReverseProxy): Disruption => ({
  level: 'brief',
  detail: `restarts ${unit}: cuts all visitors`,
});

/** The proxy reads its keys only when it starts: if it couldn't, it starts again. */
function planKeyFile({ proxy }: EdgeSetup, file: KeyFile): Change[] {
  const { mode, path } = file;
  if (mode === WANTED_MODE || isPlanted(file)) return [];
  const wasForeign = !mode.endsWith(` ${PROXY_USER}`);
  const mend = mendKeyFile(proxy.state, path);
  return [
    {
      summary: `${path}: ${mode} -> ${WANTED_MODE}`,
      disruption: wasForeign ? restartOf(proxy) : { level: 'none' },
      script: wasForeign ? `${mend} && systemctl restart ${quote(proxy.unit)}` : mend,
    },
  ];
}

/** The order of one app. */
interface Order {
  readonly file: AppFile;
  readonly old: SeenFile | undefined;
  /** Names that have no valid certificate. */
  readonly missing: readonly string[];
  readonly summary: string;
  /** Whether the proxy must start again for it. */
  readonly restarts: boolean;
}

function orderOf({ proxy, setup }: EdgeSetup, app: App, seen: SeenCertificates): Order {
  const { path } = proxy.orderFile({ app, attempt: 1 }, setup);
  const old = seen.files.get(path);
  const before = proxy.attemptOf(old?.content ?? '');
  const missing = app.hosts.filter((host) => (certificateFor(host, seen.stored)?.to ?? 0) <= seen.now);
  const attempt = missing.length > 0 ? before + 1 : Math.max(before, 1);
  const file = proxy.orderFile({ app, attempt }, setup);
  const again = before > 0 ? ' again: there is none yet' : '';
  const summary =
    missing.length > 0
      ? `order a certificate for ${missing.join(', ')}${again}`
      : `keep the certificates of ${app.name} renewed`;
  return { file, old, missing, summary, restarts: proxy.ordersAtStart(old?.content ?? '', file.content) };
}

/** Writes the files of orders, and then has the proxy read them all at once. `wait`: sh that follows. */
function planOrders({ proxy }: EdgeSetup, orders: readonly Order[], wait = ''): Change[] {
  const restarts = orders.some((order) => order.restarts);
  const versions = orders.flatMap(({ file: { version } }) => version ?? []);
  const read = restarts ? `systemctl restart ${quote(proxy.unit)} || exit` : proxy.reload(versions);
  return orders.flatMap(({ file, old, summary }, i) => {
    if (i < orders.length - 1) return planFile(file, old, { summary });
    const changes = planFile(file, old, { summary, after: `${read}${wait}` });
    return restarts ? changes.map((change) => ({ ...change, disruption: restartOf(proxy) })) : changes;
  });
}

/** All orders are placed before the first certificate is waited for: an authority takes seconds for each. */
function planCertificates(edge: EdgeSetup, seen: SeenCertificates): Change[] {
  const { proxy, setup, apps } = edge;
  const all = apps.filter(({ kind }) => kind === 'http').map((app) => orderOf(edge, app, seen));
  const kept = all.filter(({ missing }) => missing.length === 0);
  const due = all.filter(({ missing }) => missing.length > 0);
  // A name that a wildcard stands for gets no certificate of its own.
  const wildcards = apps.flatMap(({ hosts }) => hosts.filter((host) => host.startsWith('*.')));
  const awaited = due
    .flatMap(({ missing }) => missing)
    .filter((host) => !wildcards.some((name) => name !== host && standsFor(name, host)));
  const began = `began=$(stat -c %Y ${quote(due[0]?.file.path ?? '')}) || exit`;
  const wait = `\n${began}\n${waitForCertificates(proxy, setup.edge.acme, awaited)}`;
  return [...kept.flatMap((order) => planOrders(edge, [order])), ...planOrders(edge, due, wait)];
}

/**
 * Has the proxy order certificates. The authority is asked for the first time here, so the gates that prove names and ports from outside come
 * in a phase before it.
 */
export const certificatesStep: StepKind<object, SeenCertificates> = {
  kind: 'certificates',
  schema: { type: 'object', additionalProperties: false, properties: {} },
  check: (context) =>
    isEdge(context) ? localProblems(context) : [`${context.node.name} is not an edge; write "on: edges"`],
  timeoutSeconds: ({ inventory, node }) =>
    120 +
    180 * inventory.apps.filter(({ kind, edges }) => kind === 'http' && edges.includes(node.name)).length,
  probe: (context) => mustSucceed(question(context), 'the certificates of the proxy'),
  refuse: (context, { keys, files }) => [
    ...foreignOwner(context, files),
    ...keys.filter(isPlanted).map(
      (file): Explanation => ({
        code: 'E_STEP',
        message: `${file.path} of ${context.node.name} must be a file of its own, and is a link or has another name`,
        fix: PLANTED_FIX,
      }),
    ),
  ],
  plan: (context, seen) => {
    const edge = setupOf(context);
    return [...seen.keys.flatMap((file) => planKeyFile(edge, file)), ...planCertificates(edge, seen)];
  },
  explain: explainRefusal,
};
