import { hostPort } from '../../../../../model/address.js';
import type { App } from '../../../inventory/types.js';
import { frontPort } from '../chains.js';
import type { Broken } from '../hops.js';
import type { NodeSeen } from '../node/node.js';
import type { Reach, Visit } from '../visited.js';
import { judgeCertificate } from './certificate.js';

export interface FrontContext {
  readonly app: App;
  readonly edge: string;
  /** Whom the edge has certificates from; undefined if from nobody. */
  readonly authority?: string;
  /** Whether browsers trust that authority. */
  readonly isPublic: boolean;
  /** Days that a certificate must still be valid. */
  readonly days: number;
  /** Milliseconds since 1970, on this machine. */
  readonly now: number;
  /** What the edge itself says, if it could be read. */
  readonly seen: NodeSeen | undefined;
  /** Whether the edge could not be reached. */
  readonly isAway?: boolean;
}

/** What a visitor meets at the edge before anything is asked of the app. */
export function judgeFront(context: FrontContext, visit: Visit): Broken | undefined {
  return judgePorts(context, visit) ?? judgeRedirect(context, visit) ?? judgeTls(context, visit);
}

/** Whether the ports of the edge are open for visitors. */
export function judgePorts(context: FrontContext, visit: Visit): Broken | undefined {
  const ports = [
    ...(visit.plain ? [{ port: 80, reach: visit.plain }] : []),
    { port: frontPort(context.app), reach: visit.front },
  ];
  for (const { port, reach } of ports) {
    const broken = judgePort(context, visit, port, reach);
    if (broken) return broken;
  }
  return undefined;
}

function judgePort(
  { app, edge, seen, isAway = false }: FrontContext,
  visit: Visit,
  port: number,
  reach: Reach,
): Broken | undefined {
  if (reach.outcome === 'open' || reach.outcome === 'unmeasured') return undefined;
  const protocol = app.kind === 'udp' ? 'udp' : 'tcp';
  const at = `${hostPort(visit.address, port)}/${protocol}`;
  const base = { hop: 'port', side: 'edge' } as const;
  const listens = seen?.listens.has(`${protocol}/${port}`);
  if (isAway && (reach.outcome === 'unreachable' || reach.outcome === 'dropped')) {
    const evidence = `${at} does not answer, and ${edge} can't be logged into either`;
    return { ...base, evidence, fix: `check that ${edge} is up and online` };
  }
  if (reach.outcome === 'unreachable') {
    const fix = `check that ${visit.address} is the public address of ${edge}, and that its provider routes IPv${visit.family} to it`;
    return { ...base, evidence: `no route to ${at}`, fix };
  }
  if (listens === false) {
    const how = reach.outcome === 'dropped' ? 'does not answer' : 'refuses connections';
    const unit = seen?.proxy === undefined ? '' : `; the proxy's unit is ${seen.proxy}`;
    const fix = `run \`bridgehead apply\`, which starts the proxy of ${edge}; if it ends again, read \`journalctl -u 'bridgehead-*'\` there`;
    return { ...base, evidence: `${at} ${how}: nothing listens there on ${edge}${unit}`, fix };
  }
  if (reach.outcome === 'dropped') {
    const inside = listens ? `, although ${edge} listens there` : '';
    const fix = `open ${port}/${protocol} for IPv${visit.family} in the firewall of ${edge} and in that of its provider`;
    return { ...base, evidence: `${at} is dropped: no answer to a connection${inside}`, fix };
  }
  const evidence = `${at} refuses connections${listens ? `, although ${edge} listens there: a firewall rejects them` : ''}`;
  const fix = listens
    ? `open ${port}/${protocol} for IPv${visit.family} in the firewall of ${edge} and in that of its provider`
    : `check that ${visit.address} is the public address of ${edge}, and that the proxy listens on IPv${visit.family}`;
  return { ...base, evidence: reach.outcome === 'refused' ? evidence : `${at}: ${reach.text}`, fix };
}

export function judgeRedirect(
  { edge }: FrontContext,
  { redirect, host = '', address }: Visit,
): Broken | undefined {
  if (redirect === undefined) return undefined;
  if (redirect.kind === 'http') {
    const { status, location = '' } = redirect;
    if (status >= 301 && status <= 308 && location.startsWith(`https://${host}`)) return undefined;
  }
  const seen =
    redirect.kind === 'http'
      ? `answers ${redirect.status}${redirect.location === undefined ? '' : ` to ${redirect.location}`}`
      : redirect.kind === 'failure'
        ? redirect.reach.text
        : 'does not speak HTTP';
  return {
    hop: 'redirect',
    side: 'edge',
    evidence: `http://${host} at ${hostPort(address, 80)} ${seen} and not a redirect to https://${host}`,
    fix: `run \`bridgehead apply\`, and check with \`ss -ltnp 'sport = :80'\` on ${edge} that our proxy has port 80`,
  };
}

function judgeTls(context: FrontContext, visit: Visit): Broken | undefined {
  const { handshake, certificate, host = '', address } = visit;
  if (handshake !== undefined) {
    const hop = context.app.kind === 'tls' ? 'router' : 'certificate';
    const evidence = `no TLS handshake for ${host} at ${hostPort(address, 443)}: ${handshake.text}`;
    // A name that TLS is passed through for has its handshake with the app: judged with the rest of the way.
    if (hop === 'router') return undefined;
    return { hop, side: 'edge', evidence, fix: `read \`journalctl -u 'bridgehead-*'\` on ${context.edge}` };
  }
  return certificate === undefined ? undefined : judgeCertificate(context, certificate, host);
}
