export { familyOf, hostPort, hostRoute, parseAddress, parseRange } from './address.js';
export { memberOf, membersOf } from './atlas.js';
export {
  type ClientKeys,
  type ClientSettings,
  clientConfig,
  clientSettings,
  publicClientConfig,
} from './client-config.js';
export { type ConfigParts, HEADER, MANAGED, presharedKeyFile, renderConfig } from './config.js';
export { endpointFor, isHidden, publicEndpoint, sameSite } from './endpoint.js';
export { HANDSHAKE_LIFETIME, mayBeLearned, splitHostPort } from './learned.js';
export { lintInventory, lintParts } from './lint/lint.js';
export type { Lint } from './lint/types.js';
export { nftWord } from './nft-word.js';
export { type ConfigPeer, parseConfig, type WireguardConfig } from './parse-config.js';
export { internetClients, type Passage, passagesOf } from './passages.js';
export { allPairs, arePeers, canMeet, directPairs, forwardsPackets, peersOf, routesOf } from './peers.js';
export { NOT_INTERNET, reachOf } from './reach.js';
export { clientOf, clientsOf, hubOf, isGateway, isHub, isOwnLan, spokesOf, subnetsOf } from './shape.js';
export type { Allowed, Endpoint, Pair, Peer } from './types.js';
