import { hostPort } from '../../../model/address.js';
import { HANDSHAKE_LIFETIME, splitHostPort } from '../overlay/learned.js';
import { parseConfig } from '../overlay/parse-config.js';
import type { LivePeer } from './live.js';
import type { WantedPeer } from './repair.js';

/** The peers of a config, by public key: the endpoint as written, or that there is none. */
export type ConfiguredEndpoints = ReadonlyMap<string, string | undefined>;

export function configuredEndpoints(text: string): ConfiguredEndpoints {
  return new Map(parseConfig(text).peers.map(({ publicKey, endpoint }) => [publicKey, endpoint]));
}

export interface EndpointsBefore {
  /** The node's clock, unix seconds. */
  readonly now: number;
  readonly configured: ConfiguredEndpoints | undefined;
}

/**
 * Whether a running peer's endpoint has to be set. An endpoint that WireGuard has learned is kept as long as the config on
 * the node has the endpoint that is wanted now, and the peer may be sending from the learned one.
 */
export function endpointDrifted(
  { publicKey, endpoint, roams, mayHaveLearned, unmanaged }: WantedPeer,
  live: LivePeer,
  { now, configured }: EndpointsBefore,
): boolean {
  if (!endpoint) return false;
  const wanted = hostPort(endpoint.address, endpoint.port);
  if (live.endpoint === wanted) return false;
  if (live.endpoint === undefined) return true;
  if (configured?.has(publicKey) && configured.get(publicKey) !== wanted) return true;
  // Its name may stand for another address by now, and it may be away for long.
  if (unmanaged) return false;
  if (!mayHaveLearned(live.endpoint)) return true;
  const isSilent = now - live.latestHandshake > HANDSHAKE_LIFETIME;
  return isSilent && !(roams && splitHostPort(live.endpoint)?.address === endpoint.address);
}
