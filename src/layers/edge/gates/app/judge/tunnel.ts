import { inRange } from '../../../../../model/address.js';
import type { Broken } from '../hops.js';
import type { Asked, NodeSeen } from '../node/node.js';
import type { InsideContext } from './asked.js';

/** Seconds after which a session without a new handshake is over. */
const SESSION = 180;

/** Whether the answer to a connection has come through the tunnel. */
export const passes = ({ outcome }: Pick<Asked, 'outcome'>): boolean =>
  outcome !== 'dropped' && outcome !== 'unreachable' && outcome !== 'error';

const hasOne = (seen: NodeSeen, addresses: readonly string[]): boolean =>
  addresses.length === 0 || addresses.some((address) => seen.addresses.has(address));

/** Why packets of an edge don't come to the app's node; undefined if they do. */
export function judgeTunnel(context: InsideContext, asked: Asked | undefined): Broken | undefined {
  const { app, edge, overlay, edgeOverlay, isTailnet, atEdge, atHome, away } = context;
  const home = app.to.node;
  if (atEdge === undefined) return undefined;
  if (asked !== undefined && passes(asked)) return undefined;
  if (overlay.some((address) => atEdge.pongs.has(address))) return undefined;
  const name = app.network ?? 'the overlay';
  const down = [
    ...(hasOne(atEdge, edgeOverlay) ? [] : [edge]),
    ...(atHome === undefined || hasOne(atHome, overlay) ? [] : [home]),
  ];
  const silence = `no answer from ${overlay.join(', ')} over ${name}`;
  if (down.length > 0) {
    const evidence = `${silence}: ${down.join(' and ')} ${down.length === 1 ? 'has' : 'have'} no address in ${name}, so its interface is down there`;
    return {
      hop: 'tunnel',
      side: 'tunnel',
      evidence,
      fix: `run \`bridgehead apply\`, which brings ${name} up on ${down.join(' and ')}`,
    };
  }
  const peer = atEdge.peers.find(({ allowed }) =>
    overlay.some((address) => allowed.some((range) => inRange(address, range))),
  );
  // A session outlives the machine at its other end for a while.
  const isAway = away === home;
  if (peer?.age !== undefined && peer.age <= SESSION && !isAway) return undefined;
  const handshake =
    peer === undefined
      ? ''
      : peer.age === undefined
        ? '; no handshake so far'
        : `; the last handshake was ${peer.age} s ago`;
  if (isAway) {
    return {
      hop: 'tunnel',
      side: 'tunnel',
      evidence: `${silence} to pings of ${edge}${handshake}; ${home} can't be logged into either`,
      fix: `check that ${home} is up and online`,
    };
  }
  const gates =
    isTailnet === true ? 'gate tailscale-peers reports' : 'gates peers, handshake and endpoints report';
  return {
    hop: 'tunnel',
    side: 'tunnel',
    evidence: `${silence} to pings of ${edge}${handshake}`,
    fix: `check what the ${gates} for ${edge} and ${home}, and that ${home} is up`,
  };
}
