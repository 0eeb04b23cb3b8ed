import type { Network } from '../../../../model/inventory.js';
import type { Finding, GateContext } from '../../../gate.js';
import type { NetworkParams } from '../../../shared/schema.js';
import { inNetwork } from '../shared/members.js';
import type { Seen, SeenNetwork } from './seen.js';

export const REPAIR = 'apply the phase that lets it forward (`bridgehead apply`)';

/** A node's forwarding for one network, and what was read of it. */
export interface Judged {
  readonly context: GateContext<NetworkParams>;
  readonly network: Network;
  readonly node: string;
  readonly seen: Seen;
  /** The network's part of it. */
  readonly own: SeenNetwork;
}

export const named = ({ context, network }: Judged, text: string): string =>
  inNetwork(context, network, text);

export function stop(judged: Judged, expected: string, seen: string, fix: string): Finding {
  return { go: false, node: judged.node, expected: named(judged, expected), seen, fix };
}

/** The LANs whose devices see the node's own address in place of a member's. */
export function masqueraded({ network, node }: Judged): readonly string[] {
  return network.advertises
    .filter((one) => one.node === node && one.nat === 'masquerade')
    .flatMap(({ subnets }) => subnets);
}
