import type { Broken } from '../hops.js';
import type { NodeSeen } from '../node/node.js';
import { answerText, asksItself, best, type InsideContext } from './asked.js';
import { passes } from './tunnel.js';

const isOn = (seen: NodeSeen | undefined, address: string): boolean =>
  address === '127.0.0.1' || seen?.addresses.has(address) === true;

/** The app, asked on its own node. */
export function judgeApp({ app, atHome }: Pick<InsideContext, 'app' | 'atHome'>): Broken | undefined {
  const home = app.to.node;
  if (app.kind === 'udp') {
    const isElsewhere = app.to.address !== undefined && !atHome?.addresses.has(app.to.address);
    if (atHome === undefined || !atHome.perl || isElsewhere || atHome.listens.has(`udp/${app.to.port}`))
      return undefined;
    const fix = `start the app ${app.name} on ${home}, or correct apps.${app.name}.to`;
    return {
      hop: 'app',
      side: 'app',
      evidence: `nothing listens on UDP port ${app.to.port} of ${home}`,
      fix,
    };
  }
  const all = asksItself({ app, atHome });
  const asked = best(all);
  if (asked === undefined || asked.match) return undefined;
  if (app.to.address === undefined && all.every(({ address }) => !isOn(atHome, address))) {
    return {
      hop: 'tunnel',
      side: 'tunnel',
      evidence: `${app.name} can't be asked: ${home} has no address in ${app.network}`,
      fix: `run \`bridgehead apply\`, which brings ${app.network} up on ${home}`,
    };
  }
  const isAnswered = asked.outcome === 'answer';
  const isElsewhere = app.to.address !== undefined && !isOn(atHome, asked.address);
  const start =
    isElsewhere && !passes(asked)
      ? `check that ${asked.address} is up, and that ${home} reaches it`
      : `start the app ${app.name}`;
  const wanted =
    app.kind === 'http'
      ? `, and not ${app.expect.status}${asked.contains === '' ? '' : ` with "${asked.contains}"`}`
      : '';
  return {
    hop: 'app',
    side: 'app',
    evidence: `asked from ${home} itself, ${app.name} ${answerText(asked)}${isAnswered ? wanted : ''}`,
    fix: isAnswered
      ? `mend the app ${app.name}; or, if this answer is right, write it in apps.${app.name}.expect`
      : `${start}; or, if it listens elsewhere, correct apps.${app.name}.to`,
  };
}
