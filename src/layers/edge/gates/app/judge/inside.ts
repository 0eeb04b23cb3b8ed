import type { Broken } from '../hops.js';
import { judgeApp } from './app.js';
import { answerText, asksAtRelay, best, type InsideContext } from './asked.js';
import { judgeTunnel } from './tunnel.js';

/** The first hop behind the proxy that is broken, judged by the nodes' own measurements; undefined if there is none. */
export function judgeInside(context: InsideContext): Broken | undefined {
  const { app, edge, atEdge, atHome } = context;
  const home = app.to.node;
  if (edge === home) return judgeApp(context);
  if (atEdge === undefined || !atEdge.perl) return judgeApp(context);
  const asked = best(asksAtRelay(context));
  if (app.kind !== 'udp' && (asked === undefined || asked.match)) return undefined;
  const tunnel = judgeTunnel(context, asked);
  if (tunnel) return tunnel;
  const isRelayed = hasRelay(context);
  const port = `${context.overlay[0] ?? home} port ${app.port}`;
  if (isRelayed === false) {
    const evidence =
      app.relay === 'dnat'
        ? `${home} has no rule that forwards ${port} to the app`
        : `nothing listens on ${port} of ${home}`;
    const fix =
      app.relay === 'direct'
        ? `have the app listen on the overlay address of ${home}, or give it a relay`
        : `run \`bridgehead apply\`, which sets up the relay of ${app.name} on ${home}`;
    return { hop: 'relay', side: 'home', evidence, fix };
  }
  const itself = judgeApp(context);
  if (itself || asked === undefined) return itself;
  if (asked.outcome === 'dropped') {
    const evidence = `${home} drops TCP from ${edge} to ${port}, while pings or handshakes pass and the app answers on ${home}`;
    const fix = `allow ${app.port}/tcp from the overlay addresses of ${edge} in the firewall of ${home}; \`bridgehead apply\` does in the one that it manages`;
    return { hop: 'relay', side: 'home', evidence, fix };
  }
  const where =
    atHome === undefined ? `, and ${home} was not measured` : `, while it answers on ${home} itself`;
  const fix =
    atHome === undefined
      ? `run the gate on ${home} as well, and check the relay of ${app.name} there`
      : `run \`bridgehead apply\`; if it persists, restart the relay of ${app.name} on ${home}`;
  return {
    hop: 'relay',
    side: 'home',
    evidence: `for ${edge}, ${app.name} ${answerText(asked)}${where}`,
    fix,
  };
}

/** Whether the node takes what edges send for the app, and gives it to the app; undefined if it can't be known. */
function hasRelay({ app, atHome }: InsideContext): boolean | undefined {
  if (atHome === undefined || !atHome.perl) return undefined;
  const port = `${app.kind === 'udp' ? 'udp' : 'tcp'}/${app.port}`;
  return app.relay === 'dnat' ? atHome.rewrites.has(port) : atHome.listens.has(port);
}
