import { hostPort } from '../../../../model/address.js';
import type { Network } from '../../../../model/inventory.js';
import type { Finding } from '../../../gate.js';
import { amount } from '../../../shared/amount.js';
import { publicKeyFact } from '../../facts.js';
import { peersOf } from '../../overlay/peers.js';
import type { Peer } from '../../overlay/types.js';
import { inNetwork } from '../shared/members.js';
import { CLOCK_SLACK, clockBack, type Side } from './clock-back.js';
import { type HandshakeContext, maxAgeOf } from './params.js';
import type { Shakes } from './seen.js';

function sideOf(
  { facts }: HandshakeContext,
  network: Network,
  [node, peer]: readonly [node: string, peer: string],
  { clock, shakes }: Shakes,
): Side {
  const key = facts.get(peer, publicKeyFact(network.interface)) ?? '';
  return { node, clock, shaken: shakes.get(key) ?? 0 };
}

/** The side of a pair whose clock went backwards, so that the other refuses it; undefined if neither did. */
function clockWentBack(
  context: HandshakeContext,
  network: Network,
  [node, peer]: readonly [node: string, peer: string],
  [seen, seenThere]: readonly [Shakes, Shakes | undefined],
) {
  const here = sideOf(context, network, [node, peer], seen);
  const there = seenThere && sideOf(context, network, [peer, node], seenThere);
  const addressOf = (name: string): string | undefined =>
    network.members.find((member) => member.node === name)?.addresses[0];
  return clockBack(here, there, peer, addressOf) ?? (there && clockBack(there, here, node, addressOf));
}

/** Whether a node's last handshake with a peer is recent enough, and newer than its interface's config. */
export function judgePeer(
  context: HandshakeContext,
  network: Network,
  node: string,
  { node: peer, endpoint }: Peer,
  seen: Shakes,
  seenThere: Shakes | undefined,
): Finding {
  const maxAge = maxAgeOf(context);
  const unmeasured = { network: network.name, unit: 's ago' } as const;
  const base = {
    node,
    peer,
    expected: inNetwork(context, network, `a handshake in the last ${maxAge} s`),
    pair: unmeasured,
  };
  const key = context.facts.get(peer, publicKeyFact(network.interface));
  if (key === undefined) {
    const fix = `apply the phase that makes the keys, including ${peer}`;
    return { ...base, go: false, seen: `the public key of ${peer} is unknown`, fix };
  }
  const time = seen.shakes.get(key);
  if (time === undefined) {
    return {
      ...base,
      go: false,
      seen: `${peer} is not a peer of ${network.interface}`,
      fix: 'check the gate peers: apply the phase that makes the tunnel',
    };
  }
  const age = Math.max(0, seen.clock - time);
  const pair = { ...unmeasured, ...(time > 0 && { value: age }) };
  const isFresh = time > 0 && age <= maxAge && time - seen.clock <= CLOCK_SLACK;
  const since = Math.max(0, seen.clock - seen.changed);
  if (isFresh && time >= seen.changed) return { ...base, pair, go: true, seen: `${age} s ago` };
  if (isFresh && seen.heard.has(key)) {
    return { ...base, pair, go: true, seen: `${age} s ago, and received since the change ${since} s ago` };
  }
  const way =
    endpoint === undefined
      ? `${node} has no endpoint for ${peer}, which must connect: check its handshake with ${node}`
      : `check the gates endpoints and peers: UDP to ${hostPort(endpoint.address, endpoint.port)} must reach ${peer}, and each must have the other's key`;
  const back = clockWentBack(context, network, [node, peer], [seen, seenThere]);
  if (back !== undefined) {
    return {
      ...base,
      pair,
      go: false,
      seen: back.seen,
      fix: back.certain ? back.fix : `${back.fix}; otherwise ${way}`,
    };
  }
  if (time === 0) return { ...base, pair, go: false, seen: 'none yet', fix: way };
  const unheard = isFresh ? `, before the change ${since} s ago, and nothing was received since` : '';
  return { ...base, pair, go: false, seen: `the last one ${age} s ago${unheard}`, fix: way };
}

/** A client's handshake is reported, but not required. */
export function clientFindings(
  context: HandshakeContext,
  network: Network,
  node: string,
  seen: Shakes,
): readonly Finding[] {
  return peersOf(context.inventory, network, node).flatMap(({ node: client, publicKey }): Finding[] => {
    if (publicKey === undefined) return [];
    const time = seen.shakes.get(publicKey) ?? 0;
    const ahead = time - seen.clock;
    const ago =
      ahead > CLOCK_SLACK
        ? `${amount(ahead)} in the future of ${node}, whose clock went backwards`
        : `${Math.max(0, -ahead)} s ago`;
    const text = time > 0 ? ago : 'not connected yet';
    return [{ go: true, node, peer: client, expected: 'the client connects when it wants to', seen: text }];
  });
}
