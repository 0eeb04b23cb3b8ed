import { quote } from '../../remote/quote.js';
import proofFiles from '../boot-proof/files.sh';
import proofFirewalld from '../boot-proof/firewalld.sh';
import proofLogin from '../boot-proof/login.sh';
import proofNetwork from '../boot-proof/network.sh';
import prove from '../boot-proof/prove.sh';
import proofSshd from '../boot-proof/sshd.sh';
import field from '../fragments/field.sh';
import { REACH_PATHS } from '../reach/paths.js';
import { NETWORK_MANAGERS, REACH_UNITS, SSH_UNITS } from '../reach/units.js';
import { ZONE_PRIORITY } from '../reach/zones.js';
import base from './base.sh';
import files from './files.sh';
import firewall from './firewall.sh';
import firewalld from './firewalld.sh';
import links from './links.sh';
import main from './main.sh';
import networkManager from './network-manager.sh';
import routes from './routes.sh';
import sysctl from './sysctl.sh';
import units from './units.sh';

const WORDS = {
  reach_paths: REACH_PATHS,
  reach_units: REACH_UNITS,
  network_managers: NETWORK_MANAGERS,
  ssh_services: SSH_UNITS.filter((unit) => unit.endsWith('.service')),
  ssh_sockets: SSH_UNITS.filter((unit) => unit.endsWith('.socket')),
};
const variables = Object.entries(WORDS).map(([name, words]) => `${name}=${quote(words.join(' '))}\n`);

const PARTS = [
  ...[base, field, files, units, networkManager, links, routes, firewall, firewalld, sysctl],
  ...[proofFiles, proofLogin, proofSshd, proofFirewalld, proofNetwork, prove],
  main,
];

/** The script that keeps a snapshot next to itself and reverts to it: `guard.sh snapshot|revert|fire|boot|prove`. */
export const GUARD_SCRIPT = [...variables, `zone_priority=${ZONE_PRIORITY}\n`, ...PARTS].join('');
