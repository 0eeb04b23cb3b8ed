export type { AskSecret } from './login/secrets.js';
export { createSshTransport, type SshOptions } from './transport.js';
