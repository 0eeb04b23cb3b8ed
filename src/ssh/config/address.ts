import { BridgeheadError } from '../../core/errors.js';

/** What a user may write where a machine is to be reached. */
export interface Address {
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
}

const HOST = /^[A-Za-z0-9_.:%][A-Za-z0-9_.:%-]*$/;
const USER = /^[A-Za-z0-9_.\\@+$-]+$/;

/** Reads `host`, `user@host`, `user@host:port`, `user@[v6]:port` and `ssh://user@host:port`. */
export function parseDestination(text: string, node: string): Address {
  const bare = text.trim().replace(/^ssh:\/\//, '');
  const at = bare.lastIndexOf('@');
  const user = at < 0 ? undefined : bare.slice(0, at);
  const rest = bare.slice(at + 1);
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(rest);
  const plain = /^([^:]+)(?::(\d+))?$/.exec(rest);
  const [host, port] = bracketed
    ? [bracketed[1], bracketed[2]]
    : plain
      ? [plain[1], plain[2]]
      : [rest, undefined];
  const address = { host: host ?? '', user, port: port === undefined ? undefined : Number(port) };
  checkAddress(address, text, node);
  return address;
}

/** Refuses anything that `ssh` could read as an option, and invalid hosts, users and ports. */
export function checkAddress(address: Address, text: string, node: string): void {
  const { host, user, port } = address;
  const wrong = !HOST.test(host)
    ? `"${host}" is not a host name or address`
    : user !== undefined && (!USER.test(user) || user.startsWith('-'))
      ? `"${user}" is not a user name`
      : port !== undefined && !(port >= 1 && port <= 65535)
        ? `${port} is not a valid port`
        : undefined;
  if (wrong === undefined) return;
  throw new BridgeheadError('E_SSH_CONFIG', `"${text}" is not a valid SSH destination: ${wrong}`, {
    node,
    fix: 'write it as host, user@host or user@host:port',
  });
}
