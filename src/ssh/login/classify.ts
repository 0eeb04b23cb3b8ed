import { BridgeheadError, type ErrorCode } from '../../core/errors.js';
import { sanitize } from '../../remote/sanitize.js';
import { describeHop, type Hop } from '../config/hop.js';
import { settingOf } from '../config/setting.js';

/** How far an attempt to connect had come when it failed. */
export interface Attempt {
  readonly hop: Hop;
  /** Labels of the keys that were offered. */
  readonly offered: readonly string[];
  /** Labels of available keys that were not offered. */
  readonly untried?: readonly string[];
  /** Whether a key was accepted, but the server requires more than a key. */
  readonly partial: boolean;
  /** Login methods that the server would still accept. */
  readonly methods: readonly string[];
  /** The first bytes that came back, of whatever protocol. */
  readonly opening: string;
}

interface Kind {
  readonly code: ErrorCode;
  readonly message: (place: string) => string;
  readonly fix: string | ((hop: Hop) => string);
}

const UNREACHABLE = 'check the address, your own network, and whether the machine is up';
const CROWDED =
  'wait a minute and run again; its sshd may be at MaxStartups, or fail2ban or PerSourcePenalties may have blocked this address';

const KINDS: Readonly<Record<string, Kind>> = {
  ENOTFOUND: {
    code: 'E_SSH_UNRESOLVED',
    message: (at) => `the name of ${at} does not resolve`,
    fix: (hop) => `correct ${settingOf(hop, 'host')}, or check your DNS`,
  },
  EAI_AGAIN: {
    code: 'E_SSH_UNRESOLVED',
    message: (at) => `the name of ${at} could not be looked up`,
    fix: 'check your network and DNS, then run again',
  },
  ECONNREFUSED: {
    code: 'E_SSH_REFUSED',
    message: (at) => `${at} refuses connections`,
    fix: (hop) => `check ${settingOf(hop, 'port')}, and whether sshd is running there`,
  },
  EHOSTUNREACH: { code: 'E_SSH_UNREACHABLE', message: (at) => `no route to ${at}`, fix: UNREACHABLE },
  ENETUNREACH: { code: 'E_SSH_UNREACHABLE', message: (at) => `no route to ${at}`, fix: UNREACHABLE },
  EHOSTDOWN: { code: 'E_SSH_UNREACHABLE', message: (at) => `no route to ${at}`, fix: UNREACHABLE },
  ENETDOWN: { code: 'E_SSH_UNREACHABLE', message: (at) => `no route to ${at}`, fix: UNREACHABLE },
  EADDRNOTAVAIL: { code: 'E_SSH_UNREACHABLE', message: (at) => `no route to ${at}`, fix: UNREACHABLE },
  EPERM: {
    code: 'E_SSH_UNREACHABLE',
    message: (at) => `a firewall on this machine blocks ${at}`,
    fix: 'check your own firewall',
  },
  EACCES: {
    code: 'E_SSH_UNREACHABLE',
    message: (at) => `a firewall on this machine blocks ${at}`,
    fix: 'check your own firewall',
  },
  ETIMEDOUT: { code: 'E_SSH_TIMEOUT', message: (at) => `${at} does not answer`, fix: UNREACHABLE },
  ECONNRESET: {
    code: 'E_SSH_REFUSED',
    message: (at) => `${at} closed the connection before the login`,
    fix: CROWDED,
  },
  ECONNABORTED: {
    code: 'E_SSH_REFUSED',
    message: (at) => `${at} closed the connection before the login`,
    fix: CROWDED,
  },
  EPIPE: {
    code: 'E_SSH_REFUSED',
    message: (at) => `${at} closed the connection before the login`,
    fix: CROWDED,
  },
  CLOSED: {
    code: 'E_SSH_REFUSED',
    message: (at) => `${at} closed the connection before the login`,
    fix: CROWDED,
  },
};

/** The code of a failed socket; with several addresses, that of the last one tried. */
export function socketCode(error: unknown): string | undefined {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return socketCode(errors.at(-1));
  if (isEarlyEnd(error)) return 'CLOSED';
  return typeof code === 'string' ? code : undefined;
}

function isEarlyEnd(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return message === 'Connection lost before handshake' || message === 'No response from server';
}

/** Turns an error of ssh2 or the socket while connecting into one that names the node and the fix. */
export function classify(error: unknown, attempt: Attempt): BridgeheadError {
  if (error instanceof BridgeheadError) return error;
  const { hop } = attempt;
  const said = sanitize(error instanceof Error ? error.message : String(error), 300);
  const level = (error as { level?: string } | undefined)?.level;
  if (level === 'client-authentication' || /too many authentication failures/i.test(said))
    return authError(attempt, said);
  if (level === 'agent') return authError(attempt, `the agent refused to sign: ${said}`);
  const forward = forwardError(error, hop, said);
  if (forward !== undefined) return forward;
  const code = socketCode(error) ?? '';
  const isCut = ['CLOSED', 'ECONNRESET', 'EPIPE'].includes(code);
  if (isCut && attempt.offered.length > 0)
    return authError(attempt, `it closed the connection during the login: ${said}`);
  const kind = KINDS[code];
  const isSsh =
    attempt.opening === '' || attempt.opening.includes('SSH-2.0-') || attempt.opening.includes('SSH-1.99-');
  if (kind !== undefined) {
    const evidence = [said, isSsh ? '' : `it sent: ${attempt.opening}`].filter(Boolean).join('\n');
    return new BridgeheadError(kind.code, kind.message(describeHop(hop)), {
      node: hop.node,
      evidence,
      fix: typeof kind.fix === 'string' ? kind.fix : kind.fix(hop),
      cause: error,
    });
  }
  return protocolError(error, attempt, said, isSsh);
}

function authError(attempt: Attempt, said: string): BridgeheadError {
  const { hop, offered, untried = [], methods, partial } = attempt;
  const tried = offered.length === 0 ? 'no key was offered' : `keys offered: ${offered.join(', ')}`;
  const takes = methods.length === 0 ? '' : `; it accepts ${sanitize(methods.join(', '), 100)}`;
  const missed = untried.length > 0 && !partial && (methods.length === 0 || methods.includes('publickey'));
  const password = partial ? 'a key alone is not enough there' : 'password logins are not supported';
  return new BridgeheadError('E_SSH_AUTH', `${describeHop(hop)} refused the login of ${hop.user}`, {
    node: hop.node,
    evidence: [
      `${tried}${takes}`,
      ...(missed ? [`not tried, since sshd disconnects after a few: ${untried.join(', ')}`] : []),
      said,
    ].join('\n'),
    fix: partial
      ? `allow ${hop.user} to log in with only a key (AuthenticationMethods in sshd_config); ${password}`
      : missed
        ? `if one of those not tried is right, set it as ${untriedPlace(hop)}; otherwise check ${settingOf(hop, 'user')}, or install the key: ssh-copy-id -p ${hop.port} ${hop.user}@${hop.host}; ${password}`
        : `check ${settingOf(hop, 'user')} and ${settingOf(hop, 'key')}, or install the key: ssh-copy-id -p ${hop.port} ${hop.user}@${hop.host}; ${password}`,
  });
}

const untriedPlace = (hop: Hop): string => {
  const config = 'IdentityFile with IdentitiesOnly yes in ~/.ssh/config';
  return hop.undeclared === true ? config : `${settingOf(hop, 'key')}, or as ${config}`;
};

/** How a jump host refuses to forward a connection: 1 forbidden, 2 connection failed, 4 too many. */
function forwardError(error: unknown, hop: Hop, said: string): BridgeheadError | undefined {
  const reason = (error as { reason?: unknown } | undefined)?.reason;
  if (typeof reason !== 'number' || hop.via === undefined) return undefined;
  const details = { node: hop.node, evidence: said, cause: error };
  if (reason === 2) {
    return new BridgeheadError(
      'E_SSH_UNREACHABLE',
      `${hop.via.node} could not reach ${hop.host} port ${hop.port}`,
      {
        ...details,
        fix: `check the address as seen from ${hop.via.node}, and whether sshd is running there`,
      },
    );
  }
  return new BridgeheadError('E_SSH_REFUSED', `${hop.via.node} does not forward connections to ${hop.host}`, {
    ...details,
    fix: `allow AllowTcpForwarding and PermitOpen in sshd_config of ${hop.via.node}`,
  });
}

function protocolError(error: unknown, attempt: Attempt, said: string, isSsh: boolean): BridgeheadError {
  const { hop } = attempt;
  const none = /no matching (.+)$/i.exec(said)?.[1];
  const message =
    none !== undefined
      ? `${describeHop(hop)} and Bridgehead have no ${none} in common`
      : isSsh
        ? `the SSH session with ${describeHop(hop)} failed`
        : `${describeHop(hop)} does not speak SSH`;
  const fix =
    none !== undefined
      ? 'have its sshd offer curve25519-sha256, an ed25519, ecdsa or rsa host key and aes-gcm or aes-ctr; certificates, FIDO keys and post-quantum-only key exchange are not supported'
      : isSsh
        ? `try it by hand: ssh -v -p ${hop.port} ${hop.user}@${hop.host}`
        : `check ${settingOf(hop, 'port')}: another service answers there`;
  const evidence = isSsh ? said : `it sent: ${attempt.opening}\n${said}`;
  return new BridgeheadError('E_SSH_PROTOCOL', message, { node: hop.node, evidence, fix, cause: error });
}
