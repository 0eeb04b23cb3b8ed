export { familyOf, hostPort, hostRoute, parseAddress, parseRange } from './address.js';
export { memberOf } from './atlas.js';
export { type ConfigParts, HEADER, renderConfig } from './config.js';
export { endpointFor, isHidden, sameSite } from './endpoint.js';
export { lintInventory, lintParts } from './lint/lint.js';
export type { Lint } from './lint/types.js';
export { type ConfigPeer, parseConfig, type WireguardConfig } from './parse-config.js';
export { allPairs, canMeet, directPairs, forwardsPackets, peersOf, routesOf } from './peers.js';
export type { Endpoint, Pair, Peer } from './types.js';
