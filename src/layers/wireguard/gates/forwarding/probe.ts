import { familyOf } from '../../../../model/address.js';
import type { Inventory, Network } from '../../../../model/inventory.js';
import { command, quote } from '../../../../remote/quote.js';
import { END_LINE } from '../../../../remote/reply-lines.js';
import { lines, type Script } from '../../../../remote/script.js';
import { forwardingTable } from '../../../host/forwarding/table-name.js';
import { loadedPath, unitOf } from '../../../host/forwarding/unit.js';
import { WIPED_FUNCTION } from '../../../host/forwarding/wiped.js';
import { BOOT_SETTINGS } from '../../../host/kernel/boot-settings.js';
import { passagesOf } from '../../overlay/passages.js';
import { FIREWALL_LINES } from '../pristine/probe.js';
import otherFirewalls from './other-firewalls.sh';
import switches from './switches.sh';

/** Addresses whose route shows the device towards the internet. Nothing is sent there. */
const INTERNET = { 4: '1.1.1.1', 6: '2606:4700:4700::1111' } as const;

/** The places outside the tunnel that a node forwards packets to: LANs as CIDR, and an address for the internet. */
export function outsidesOf(inventory: Inventory, network: Network, node: string): readonly string[] {
  const passages = passagesOf(inventory, network, node).filter(
    ({ toTunnel, fromTunnel }) => !toTunnel || !fromTunnel,
  );
  return [
    ...new Set(
      passages.flatMap(({ fromTunnel, from, to }) => {
        const lan = fromTunnel ? to : from;
        return lan ?? (from === undefined ? [] : INTERNET[familyOf(from)]);
      }),
    ),
  ];
}

function probeNetwork(inventory: Inventory, network: Network, node: string, number: number): string {
  const name = network.interface;
  const devices = outsidesOf(inventory, network, node).map((place) => {
    const [address = place] = place.split('/');
    const way = command('ip', '-o', `-${familyOf(place)}`, 'route', 'get', address);
    return `echo "device ${number} "${quote(place)} $(${way} 2>/dev/null)`;
  });
  return `live=$(nft list table inet ${forwardingTable(name)} 2>/dev/null)
if [ -n "$live" ]; then
prefixed "live ${number}" <<BRIDGEHEAD_TABLE
$live
BRIDGEHEAD_TABLE
else wiped ${number} ${quote(loadedPath(name))}; fi
[ -r ${quote(loadedPath(name))} ] && prefixed "loaded ${number}" <${quote(loadedPath(name))}
echo "unit ${number}" $(systemctl show -p ActiveState -p UnitFileState ${quote(unitOf(name))} 2>/dev/null)
${devices.join('\n')}`;
}

/** POSIX sh that reads what the node forwards, and what blocks it. */
export function forwardingProbe(inventory: Inventory, networks: readonly Network[], node: string): Script {
  return lines(
    `${WIPED_FUNCTION}${switches.trimEnd()}`,
    ...networks.map((network, number) => probeNetwork(inventory, network, node, number)),
    BOOT_SETTINGS.script,
    `firewall_lines=${FIREWALL_LINES}\n${otherFirewalls}`,
    `echo ${END_LINE}`,
    '',
  );
}
