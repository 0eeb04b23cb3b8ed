import type { App } from '../../../inventory/types.js';
import type { Broken } from '../hops.js';
import { isKeptOut, isWanted, ownAnswer } from '../own-answer.js';
import type { Answer, Visit } from '../visited.js';
import { answerText, asksAtRelay, asksItself, type InsideContext } from './asked.js';
import { judgeInside } from './inside.js';

/** What a visitor learned of an app, without a fault. */
export interface Proven {
  readonly seen: string;
  /** What kept the visitor itself from the app, as the inventory has it. */
  readonly note?: string;
}

/** What the proxy answers by itself, as the inventory wants it; the way behind it is then judged by the nodes alone. */
function turnedAway(app: App, answer: Answer | undefined): string | undefined {
  const own = ownAnswer(app);
  if (own !== undefined && isWanted(app, answer)) return own.note;
  if (isKeptOut(app, answer)) {
    return "the app's allow and deny lists keep this machine out: the edge answers 403";
  }
  if ((app.options.allow ?? app.options.deny) === undefined) return undefined;
  return answer?.kind === 'failure' && answer.reach.outcome === 'closed'
    ? "the app's allow and deny lists may keep this machine out: the edge closes the connection"
    : undefined;
}

function visitText({ expect }: App, { answer, handshake, front }: Visit): string {
  if (handshake !== undefined) return `no TLS handshake: ${handshake.text}`;
  if (answer === undefined) return front.text;
  if (answer.kind === 'failure') return answer.reach.text;
  if (answer.kind === 'bytes') return answer.bytes === 0 ? 'open, and silent' : `${answer.bytes} bytes`;
  const line = answer.line === '' ? '' : ` ("${answer.line}")`;
  const lacking = answer.status === expect.status && !answer.contains ? `, without "${expect.contains}"` : '';
  return `${answer.status}${lacking}${lacking === '' && answer.status === expect.status ? '' : line}`;
}

const CAUSES: ReadonlyMap<number, string> = new Map([
  [404, 'it has no route for the name'],
  [502, 'it connects to another place, or its own connection fails'],
  [503, 'it holds the app for down, or has no server for it'],
  [504, 'it waits for another place that does not answer'],
]);

function judgeProxy(
  { app, edge }: InsideContext,
  visit: Visit,
  { reachable, lack }: { readonly reachable?: string | undefined; readonly lack?: string },
): Broken {
  const { answer } = visit;
  const status = answer?.kind === 'http' ? answer.status : undefined;
  const cause = status === undefined ? undefined : CAUSES.get(status);
  const behind = reachable === undefined ? '' : `, while ${edge} gets the right answer from ${reachable}`;
  return {
    hop: 'router',
    side: 'edge',
    evidence: `the proxy answers ${visitText(app, visit)}${lack === undefined ? '' : `, and ${lack}`}${behind}${cause === undefined ? '' : `: ${cause}`}`,
    fix: `run \`bridgehead apply\`, which writes the route of ${app.name} on ${edge}; if it persists, read \`journalctl -u 'bridgehead-*'\` there`,
  };
}

/** Whether the proxy answers without asking further: nothing behind it says that there is no such page. */
function isProxysOwn(context: InsideContext, answer: Answer | undefined): boolean {
  if (answer?.kind !== 'http' || answer.status !== 404) return false;
  return [...asksAtRelay(context), ...asksItself(context)].every(({ status }) => status !== 404);
}

/** What a visitor who got through the front door was answered, and whose fault it is if that is wrong. */
export function judgeAnswer(context: InsideContext, visit: Visit): Broken | Proven {
  const { app, edge } = context;
  const { answer } = visit;
  const own = ownAnswer(app);
  if (own === undefined && isWanted(app, answer)) return { seen: visitText(app, visit) };
  const note = turnedAway(app, answer);
  if (own !== undefined && note === undefined && answer?.kind === 'http') {
    return judgeProxy(context, visit, { lack: own.lack });
  }
  const inside = judgeInside(context);
  if (inside && !isProxysOwn(context, answer)) {
    const outer =
      answer === undefined && visit.handshake === undefined ? '' : `visitors get ${visitText(app, visit)}; `;
    return { ...inside, evidence: `${outer}${inside.evidence}` };
  }
  const asked = asksAtRelay(context).find(({ match }) => match);
  if (note !== undefined) return { seen: note, note };
  if (app.kind === 'udp') {
    const seen = 'a UDP app need not answer; its way is open as far as it can be seen';
    return { seen };
  }
  const place = asked === undefined ? undefined : answerText(asked).replace(/^.* at /, '');
  return edge === app.to.node || asked !== undefined || context.atEdge === undefined
    ? judgeProxy(context, visit, { reachable: place })
    : judgeProxy(context, visit, {});
}

export const isBroken = (judged: Broken | Proven): judged is Broken => 'hop' in judged;
