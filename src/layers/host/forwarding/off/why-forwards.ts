import { quote } from '../../../../remote/quote.js';
import { MANAGED } from '../../../shared/managed.js';
import { RECORDS } from '../../../shared/records.js';
import { FORWARDING_KEYS } from '../switches.js';
import { forwardingTable } from '../table-name.js';
import { WAS_ON } from '../was-on.js';
import whyForwards from './why-forwards.sh';

/** Files that may turn a kernel setting on at the next boot; networkd's have words of their own for it. */
const SETTERS =
  '/etc/sysctl.conf /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /lib/sysctl.d/*.conf /etc/ufw/sysctl.conf /etc/systemd/network/*.network /etc/systemd/network/*.network.d/*.conf /run/systemd/network/*.network /etc/systemd/networkd.conf /etc/systemd/networkd.conf.d/*.conf';
/** Where scripts and hooks are that turn forwarding on when something starts. */
const HOOKS =
  '/etc/wireguard /etc/amnezia /etc/openvpn /etc/network /etc/ppp /etc/rc.local /etc/NetworkManager/dispatcher.d /etc/networkd-dispatcher /etc/systemd/system /etc/cron.d /etc/crontab /var/spool/cron /etc/swanctl /etc/ipsec.d /etc/strongswan.d /etc/shorewall';

const variables = Object.entries({
  records: RECORDS,
  managed: MANAGED,
  was_on: WAS_ON,
  setters: SETTERS,
  hooks: HOOKS,
  own_tables: forwardingTable(''),
  switches: Object.values(FORWARDING_KEYS).join(' '),
}).map(([name, value]) => `${name}=${quote(value)}\n`);

/** sh: `why_forwards INTERFACE KEY`, and `why_stays_on INTERFACE`. */
export const WHY_FORWARDS = `${variables.join('')}${whyForwards}`;

/** What happens to the switch when an interface no longer forwards; `why` is the node's reason to keep it on, if any. */
export function switchText(why: string | undefined): string {
  return why === undefined
    ? 'turn forwarding off unless something else here may need it'
    : `leave the kernel's forwarding on: ${why}`;
}
