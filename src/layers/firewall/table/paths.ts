import { quote } from '../../../remote/quote.js';
import { dropIn, dropInPath, WIPERS } from '../../host/forwarding/followed.js';

/** Name of the firewall's own nftables table, of family inet. */
export const TABLE = 'bridgehead_firewall';
/** Marks our rules among those of others. */
export const MARK = 'bridgehead-firewall';

export const FOLDER = '/etc/bridgehead/firewall';
export const RULES_PATH = `${FOLDER}/rules.nft`;
export const LOADER_PATH = `${FOLDER}/load`;
/** The checksums of the file that was loaded and of the table that nft then showed; gone with a reboot. */
export const LOADED_PATH = '/run/bridgehead/firewall.loaded';
export const UNIT = 'bridgehead-firewall.service';
export const UNIT_PATH = `/etc/systemd/system/${UNIT}`;

/** Our parts of units that can flush all rules, by path: they load ours again. */
export const DROP_INS: ReadonlyMap<string, string> = new Map(
  Object.entries(WIPERS).map(([unit, acts]) => [
    dropInPath(unit, '51-bridgehead-firewall.conf'),
    dropIn(acts, LOADER_PATH),
  ]),
);

/** sh variables that the constant programs use. */
export const NAMES = [
  ['own_table', TABLE],
  ['own_mark', MARK],
  ['own_loaded', LOADED_PATH],
  ['own_unit', UNIT],
  ['own_files', [LOADER_PATH, UNIT_PATH, ...DROP_INS.keys()].join(' ')],
]
  .map(([name = '', value = '']) => `${name}=${quote(value)}\n`)
  .join('');
