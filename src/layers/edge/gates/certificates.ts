import { count } from '../../../core/text.js';
import { inParts, type Question } from '../../../remote/question.js';
import { command } from '../../../remote/quote.js';
import { fromLines, integer, only } from '../../../remote/reply-lines.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { pollFunction } from '../../shared/poll/poll.js';
import { parameters, type WithinParams, withinParameter } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { judgeHost, judgeKeyFiles } from '../certificates/judge.js';
import servedScript from '../certificates/served.sh';
import {
  type KeyFile,
  keyFiles,
  parseCertificate,
  type Stored,
  storedCertificates,
} from '../certificates/stored.js';
import type { App } from '../inventory/types.js';
import { PROXY_USER } from '../proxy/paths.js';
import { proxyOf } from '../proxy/proxies.js';
import { appsThrough, edgeOf, isStaging } from '../registry.js';
import { visitedName } from './app/chains.js';

interface Params extends WithinParams {
  readonly days?: number;
}

interface Seen {
  readonly now: number;
  readonly stored: readonly Stored[];
  readonly keys: readonly KeyFile[];
  /** By name; undefined if the proxy can't be asked. */
  readonly served: ReadonlyMap<string, Stored> | undefined;
}

/** The node's clock, in milliseconds since 1970. */
const NOW: Question<number> = {
  script: 'echo now $(date +%s)\necho end',
  parse: fromLines((lines) => integer(only(lines, 'now')[0]) * 1000),
};

/** Traefik renews when 30 days are left. */
const DAYS = 10;

const appsOn = ({ inventory }: GateContext<Params>, node: string): readonly App[] =>
  appsThrough(inventory, node).filter(({ kind }) => kind === 'http');

function served(hosts: readonly string[], patience: number): Question<Seen['served']> {
  return {
    script: `${pollFunction(patience)}set -- ${command(...hosts)}\n${servedScript}`,
    parse: ({ stdout }) => {
      const lines = stdout.split('\n');
      if (lines.includes('no-openssl')) return undefined;
      return new Map(
        lines.flatMap((line): [string, Stored][] => {
          const [word, host, body] = line.split(' ');
          const certificate = word === 'served' && body !== undefined ? parseCertificate(body) : undefined;
          return host === undefined || certificate === undefined ? [] : [[host, certificate]];
        }),
      );
    },
  };
}

/** Each name of the apps has a certificate that is shown, for it, and valid for a while; only the proxy can read the keys. */
export const certificates: GateKind<Params, Seen> = {
  kind: 'certificates',
  schema: parameters({
    ...withinParameter,
    days: {
      type: 'integer',
      minimum: 1,
      maximum: 90,
      description: `Days that they must still be valid; default ${DAYS}.`,
    },
  }),
  patience: 5,
  settling: 0,

  concerns: ({ apps }) => apps.some(({ kind }) => kind === 'http'),

  probe(context, { name }) {
    const edge = edgeOf(context.inventory, name);
    const hosts = appsOn(context, name).flatMap((app) => app.hosts.map(visitedName));
    if (edge === undefined || hosts.length === 0) {
      return {
        ...NOW,
        parse: (reply) => ({ now: NOW.parse(reply), stored: [], keys: [], served: new Map() }),
      };
    }
    const proxy = proxyOf(edge);
    return inParts({
      now: NOW,
      stored: storedCertificates(proxy, edge.acme),
      keys: keyFiles(proxy),
      served: served(hosts, context.patience),
    });
  },

  verdict(context, readings) {
    const days = context.params.days ?? DAYS;
    const hosts: Finding[] = [];
    const others: Finding[] = [];
    for (const [node, seen] of readings.seen) {
      const apps = appsOn(context, node);
      if (apps.length === 0) {
        others.push({ go: true, node, expected: 'no certificate', seen: 'no app of kind http' });
      }
      others.push(...judgeKeyFiles(node, seen.keys, `600 ${PROXY_USER}`));
      const isTrying = isStaging(edgeOf(context.inventory, node)?.acme);
      for (const app of apps) {
        for (const host of app.hosts) {
          const { stored, now } = seen;
          hosts.push(
            judgeHost({
              node,
              app: app.name,
              host,
              served: seen.served === undefined ? 'unknown' : (seen.served.get(visitedName(host)) ?? 'none'),
              isTrying,
              stored,
              now,
              days,
            }),
          );
        }
      }
    }
    return conclude(readings, [...others, ...hosts], () => {
      const good = hosts.filter(({ go }) => go).length;
      return `${good} of ${count(hosts.length, 'certificate')}`;
    });
  },
};
