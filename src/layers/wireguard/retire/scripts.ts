import { command, quote } from '../../../remote/quote.js';
import { CLOSE_WITHOUT } from '../../host/forwarding/closed.js';
import { ruleMark } from '../../host/forwarding/firewalls/rules.js';
import { DROP_IN_PATHS } from '../../host/forwarding/followed.js';
import { switchOffFunction } from '../../host/forwarding/off/switch-off.js';
import { forwardingTable } from '../../host/forwarding/table-name.js';
import {
  DOCKER_UNIT_PATH,
  dockerScriptPath,
  dockerUnitOf,
  LOADER_PATH,
  loadedPath,
  rulesetPath,
  UNIT_PATH,
  unitOf,
} from '../../host/forwarding/unit.js';
import { keyPath } from '../keys/private-key.js';
import forwardNothing from './forward-nothing.sh';
import takeDown from './take-down.sh';

export const tunnelUnitOf = (interfaceName: string): string => `wg-quick@${interfaceName}.service`;

/** Takes an interface down, whatever started it, and disables it at boot. */
export function takeDownScript(interfaceName: string): string {
  return `interface=${quote(interfaceName)}
unit=${quote(tunnelUnitOf(interfaceName))}
${takeDown}`;
}

/** Removes what the forwarding step made for an interface, the shared files with the last of them. */
export function forwardNothingScript(interfaceName: string): string {
  const name = interfaceName;
  return `${switchOffFunction(name)}${CLOSE_WITHOUT}mark=${quote(ruleMark(name))}
table=${quote(forwardingTable(name))}
units=${quote(`${unitOf(name)} ${dockerUnitOf(name)}`)}
own_files=${quote(`${rulesetPath(name)} ${dockerScriptPath(name)} ${loadedPath(name)}`)}
shared_files=${quote([LOADER_PATH, UNIT_PATH, DOCKER_UNIT_PATH, ...DROP_IN_PATHS].join(' '))}
${forwardNothing}`;
}

/** Removes files and folders of an interface whose key `heir` has taken over, and only if it has. */
export function removeFilesScript(interfaceName: string, files: readonly string[], heir: string): string {
  const key = quote(keyPath(interfaceName));
  return `[ -e ${quote(keyPath(heir))} ] || ln ${key} ${quote(keyPath(heir))} || exit 1
${command('rm', '-rf', ...files)} && { rmdir /etc/wireguard/psk /etc/wireguard/.bridgehead 2>/dev/null; :; }`;
}
