export type { AskSecret } from './secrets.js';
export { createSshTransport, type SshOptions } from './transport.js';
