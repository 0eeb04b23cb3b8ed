import { command, quote } from '../../../remote/quote.js';
import { reading, type Script, sh } from '../../../remote/script.js';
import { recordPath } from '../ownership/record.js';
import printDump from './print-dump.sh';

// Facts about an interface that both steps and gates need; a program reads each once.

/** Placeholder for keys in configurations that were read. */
export const HIDDEN = '(hidden)';

/** sed that prints configurations without their keys. */
export const HIDE_KEYS = `sed 's/\\([Pp][Rr][A-Za-z]*[Kk][Ee][Yy][[:space:]]*=\\).*/\\1 ${HIDDEN}/'`;

/** Path of the configuration that wg-quick reads. */
export function configPath(interfaceName: string): string {
  return `/etc/wireguard/${interfaceName}.conf`;
}

/**
 * Sets a variable to our record of an interface and, behind it, its configuration, as far as they exist. Private and
 * preshared keys are removed on the node, also from a configuration made by hand.
 */
export function readConfig(variable: string, interfaceName: string): Script {
  const files = command(recordPath(interfaceName), configPath(interfaceName));
  return sh`${variable}=${reading(`${HIDE_KEYS} ${files}`)}`;
}

/** Sets a variable to the lines `ActiveState=…` and `UnitFileState=…` of the unit that makes an interface. */
export function readUnit(variable: string, interfaceName: string): Script {
  const unit = `wg-quick@${interfaceName}.service`;
  return sh`${variable}=${reading(command('systemctl', 'show', '-p', 'ActiveState', '-p', 'UnitFileState', unit))}`;
}

/** Sets a variable to mode, owner, group and time of the last change of an interface's config: `600 root root 1700000000`. */
export function readConfigTraits(variable: string, interfaceName: string): Script {
  return sh`${variable}=${reading(command('stat', '-c', '%a %U %G %Y', `/etc/wireguard/${interfaceName}.conf`))}`;
}

/** Sets a variable to an interface's addresses, as `ip -o addr` prints them. */
export function readAddresses(variable: string, interfaceName: string): Script {
  return sh`${variable}=${reading(command('ip', '-o', 'addr', 'show', 'dev', interfaceName))}`;
}

/** Sets a variable to the routes of both families through an interface, of all tables, as `ip route` prints them. */
export function readRoutes(variable: string, interfaceName: string): Script {
  return sh`${variable}=${reading(command('ip', 'route', 'show', 'table', 'all', 'dev', interfaceName))}`;
}

/**
 * Sets a variable to what WireGuard says of an interface: `@interface PUBLIC-KEY PORT`, for each peer
 * `@peer PUBLIC-KEY ENDPOINT HANDSHAKE KEEPALIVE ALLOWED-IP…` and `@shared PUBLIC-KEY SHA-256` if it has a preshared
 * key, and `@now` with the node's clock. Private and preshared keys end here, in a pipe.
 */
export function readInterface(variable: string, interfaceName: string): Script {
  const live = reading(`wg show ${quote(interfaceName)} dump | ${printDump.trimEnd()}`);
  return sh`${variable}=${live}`;
}
