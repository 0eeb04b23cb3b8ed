import { hostPort } from '../../../../../model/address.js';
import type { App } from '../../../inventory/types.js';
import type { Asked, NodeSeen } from '../node/node.js';
import type { Target } from '../node/targets.js';

export interface InsideContext {
  readonly app: App;
  readonly edge: string;
  /** Overlay addresses of the app's node. */
  readonly overlay: readonly string[];
  /** Of the edge on the same overlay. */
  readonly edgeOverlay: readonly string[];
  /** The one of both nodes that could not be reached. */
  readonly away?: string | undefined;
  /** Whether Tailscale makes that overlay. */
  readonly isTailnet?: boolean;
  /** What the edge says, and the app's node; undefined if it wasn't measured, or can't be read. */
  readonly atEdge: NodeSeen | undefined;
  readonly atHome: NodeSeen | undefined;
}

type Answered = Target & Asked;

const of = (seen: NodeSeen | undefined, app: App, at: Target['at']): readonly Answered[] =>
  seen?.asked.filter((one) => one.app === app.name && one.at === at) ?? [];

export const asksAtRelay = ({ app, atEdge }: InsideContext): readonly Answered[] => of(atEdge, app, 'relay');
export const asksItself = ({ app, atHome }: Pick<InsideContext, 'app' | 'atHome'>): readonly Answered[] =>
  of(atHome, app, 'itself');

/** The most that came of asking at several addresses. */
export const best = (answers: readonly Answered[]): Answered | undefined =>
  answers.find(({ match }) => match) ??
  answers.find(({ outcome }) => outcome === 'answer') ??
  answers.find(({ outcome }) => outcome !== 'dropped' && outcome !== 'unreachable') ??
  answers[0];

/** What came of asking an app, in words. */
export function answerText({
  outcome,
  kind,
  status,
  match,
  bytes,
  address,
  port,
  contains,
}: Answered): string {
  const at = hostPort(address, port);
  switch (outcome) {
    case 'answer':
      if (kind === 'http' && status > 0) {
        return `answers ${status}${match || contains === '' ? '' : `, without "${contains}"`} at ${at}`;
      }
      if (match) return `answers at ${at}`;
      return `answers at ${at} with ${bytes} bytes that are not ${kind === 'tcp' ? 'those expected' : kind.toUpperCase()}`;
    case 'open':
      return `takes connections at ${at}, and is silent`;
    case 'silent':
      return `takes connections at ${at}, and doesn't answer`;
    case 'closed':
      return `closes connections at ${at} without a byte`;
    case 'refused':
      return `refuses connections at ${at}`;
    case 'dropped':
      return `does not answer at ${at}`;
    case 'unreachable':
      return `has no route at ${at}`;
    case 'error':
      return `can't be connected to at ${at}`;
  }
}
