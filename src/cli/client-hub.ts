import { BridgeheadError } from '../errors.js';
import type { Network, Node } from '../inventory/types.js';
import { execute } from '../remote/execute.js';
import type { Transport } from '../remote/transport.js';
import { type LivePeer, parseInterfaceProbe, probeInterfaceScript } from '../steps/wireguard-live.js';

const DEADLINE_MS = 20_000;

/** What a hub says of a network's interface. */
export interface HubView {
  /** Base64. */
  readonly publicKey: string;
  /** The hub's clock, unix seconds. */
  readonly now: number;
  /** Whether the interface is up. */
  readonly up: boolean;
  /** Live peers by public key. */
  readonly peers: ReadonlyMap<string, LivePeer>;
}

/** Asks a hub, and nobody else, for its public key and its live peers. Throws where it can't be reached or has no key yet. */
export async function askHub(
  transport: Transport,
  hub: Node,
  network: Network,
  signal: AbortSignal,
): Promise<HubView> {
  const connection = await transport.connect(hub, signal);
  try {
    const fragment = { id: 'hub', script: probeInterfaceScript(network.interface) };
    const options = { node: hub.name, deadlineMs: DEADLINE_MS, signal };
    const replies = await execute(connection, [fragment], options);
    const seen = parseInterfaceProbe(replies.get('hub')?.stdout ?? '');
    if (seen.ownKey === undefined) {
      throw new BridgeheadError('E_STEP', `${hub.name} has no key for ${network.interface} yet`, {
        node: hub.name,
        fix: 'bridgehead apply makes it',
      });
    }
    return {
      publicKey: seen.ownKey,
      now: seen.now,
      up: seen.live !== undefined,
      peers: new Map(seen.live?.peers.map((peer) => [peer.publicKey, peer])),
    };
  } finally {
    await connection.close();
  }
}
