import { quote } from '../../../../remote/quote.js';
import { CLOSED_PREFERENCE, MARK_KEY } from '../closed.js';
import { UFW_VALUES_BACK } from '../firewalls/ufw-sysctl.js';
import { FORWARDING_KEYS } from '../switches.js';
import { FORWARDING_FOLDER, forwardingSysctlPath, rulesetPath } from '../unit.js';
import { KEEP_ACCEPT_RA } from './keep-accept-ra.js';
import markWanted from './mark-wanted.sh';
import switchOff from './switch-off.sh';
import { WHY_FORWARDS } from './why-forwards.js';

/** sh: `switch_off`. */
export function switchOffFunction(interfaceName: string): string {
  const variables = Object.entries({
    interface: interfaceName,
    settings_file: forwardingSysctlPath(interfaceName),
    ruleset: rulesetPath(interfaceName),
    forwarding_folder: FORWARDING_FOLDER,
    ufw_back: UFW_VALUES_BACK,
    switch_4: FORWARDING_KEYS[4],
    switch_6: FORWARDING_KEYS[6],
    mark_key: MARK_KEY,
    closed_preference: String(CLOSED_PREFERENCE),
  }).map(([name, value]) => `${name}=${quote(value)}\n`);
  return `${variables.join('')}${WHY_FORWARDS}${KEEP_ACCEPT_RA}${markWanted}${switchOff}`;
}

/**
 * Removes the file that turned forwarding on for an interface, and turns it off again, unless something else on the node may
 * want it.
 */
export function switchOffScript(interfaceName: string): string {
  return `${switchOffFunction(interfaceName)}switch_off`;
}
