export { parseDestination } from './config/address.js';
export { createHome, type Home } from './config/home.js';
export type { Hop } from './config/hop.js';
export { configHosts } from './config/hosts.js';
export { RouteFinder } from './config/route.js';
export { UnknownHostKey } from './login/host-key-error.js';
export type { AcceptNew } from './login/host-key-guard.js';
export type { AskSecret } from './login/secrets.js';
export { createSshTransport, type SshOptions } from './transport.js';
