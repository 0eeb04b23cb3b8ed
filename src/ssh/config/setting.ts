import type { Hop } from './hop.js';

/** By what is wrong: its place for a node of an inventory, and for any other machine. */
const PLACES = {
  host: [
    'ssh.host in the inventory (or HostName in ~/.ssh/config)',
    'the name, or HostName in ~/.ssh/config',
  ],
  port: ['ssh.port in the inventory', 'the port, or Port in ~/.ssh/config'],
  user: ['ssh.user', 'User'],
  key: ['ssh.key in the inventory', 'IdentityFile in ~/.ssh/config'],
} as const;

/** Where the user sets something about a login, in words. */
export const settingOf = ({ undeclared }: Pick<Hop, 'undeclared'>, what: keyof typeof PLACES): string =>
  PLACES[what][undeclared === true ? 1 : 0];
