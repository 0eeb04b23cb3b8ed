import { count } from '../../../core/text.js';
import { hostRoute } from '../../../model/address.js';
import type { Network } from '../../../model/inventory.js';
import { quote } from '../../../remote/quote.js';
import { END_LINE, fromLines, GarbledReply, type Lines, numbered } from '../../../remote/reply-lines.js';
import { lines, type Script, sh } from '../../../remote/script.js';
import type { Finding, GateKind } from '../../gate.js';
import { listing } from '../../shared/listing.js';
import { saysIpv6Off } from '../../shared/packet-answers.js';
import { type NetworkParams, networkParameter, parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { readAddresses, readInterface, readUnit } from '../tunnel/readings.js';
import { ipv6Fix, ipv6Interfaces, ipv6Probe } from './shared/ipv6.js';
import { addressesOf, findingsIn, type InNetwork, networksOn } from './shared/members.js';

/** Everything about one interface on one node. */
interface Seen {
  readonly ipv6Off: boolean;
  readonly interfaces: readonly InNetwork<SeenInterface | undefined>[];
}

interface SeenInterface {
  readonly up: boolean;
  readonly mtu: string;
  /** CIDR, link-local ones left out. */
  readonly addresses: readonly string[];
  /** The port that WireGuard reports. */
  readonly port: string;
  /** Whether the system has a UDP socket on the wanted port, in each family. */
  readonly sockets: readonly string[];
  readonly enabled: boolean;
  readonly active: boolean;
}

const ADDRESS_LINES = 2000;

const hexPort = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

function probeInterface(network: Network, number: number): Script {
  const name = quote(network.interface);
  const addresses = listing({
    variable: 'addresses',
    columns: { words: '_ _ _ address _', shown: '$address' },
    prefix: `address ${number}`,
    limit: ADDRESS_LINES,
    more: `cut ${number}`,
  });
  return sh`if [ -d /sys/class/net/${name} ]; then
read -r flags </sys/class/net/${name}/flags
read -r mtu </sys/class/net/${name}/mtu
echo "interface ${number} $((flags & 1)) $mtu"
${readAddresses('addresses', network.interface)}
${addresses}
${readInterface('live', network.interface)}
set -f
set -- $live
echo "port ${number} $3"
echo "sockets ${number}" $(grep -ls ': [0-9A-F]*:${hexPort(network.port)} ' /proc/net/udp /proc/net/udp6)
else echo "absent ${number}"
fi
${readUnit('unit', network.interface)}
echo "unit ${number}" $unit`;
}

function parseInterface(lines: Lines, number: number): SeenInterface | undefined {
  const own = (word: string) => numbered(lines, word, number);
  const [state] = own('interface');
  const [unit] = own('unit');
  if (unit === undefined) throw new GarbledReply('no answer about the unit');
  if (own('absent').length > 0) return undefined;
  const [up, mtu] = state ?? [];
  if (up === undefined || mtu === undefined) throw new GarbledReply('no answer about the interface');
  return {
    up: up === '1',
    mtu,
    addresses: own('address')
      .map(([address = '']) => address)
      .filter((address) => !address.startsWith('fe80:')),
    port: own('port')[0]?.[0] ?? 'none',
    sockets: (own('sockets')[0] ?? []).map((path) => path.slice('/proc/net/'.length)),
    enabled: unit.includes('UnitFileState=enabled'),
    active: unit.includes('ActiveState=active'),
  };
}

const sorted = (addresses: readonly string[]): string => [...addresses].sort().join(', ') || 'none';

function judge(
  network: Network,
  node: string,
  seen: SeenInterface | undefined,
  ipv6Off: boolean,
): readonly Finding[] {
  const name = network.interface;
  const repair = `apply the phase that makes ${name} (\`bridgehead apply --phase tunnel\`); if it fails, check \`journalctl -u wg-quick@${name}\` on ${node}`;
  if (seen === undefined) {
    return [{ go: false, node, expected: `interface ${name}`, seen: 'no such interface', fix: repair }];
  }
  const addresses = sorted(addressesOf(network, node).map(hostRoute));
  const listening = seen.port === String(network.port) && seen.sockets.length > 0;
  const checks = [
    { go: seen.up, expected: `${name} is up`, seen: seen.up ? 'up' : 'down', fix: repair },
    {
      go: seen.mtu === String(network.mtu),
      expected: `MTU ${network.mtu}`,
      seen: `MTU ${seen.mtu}`,
      fix: repair,
    },
    {
      go: sorted(seen.addresses) === addresses,
      expected: `address ${addresses}`,
      seen: ipv6Off ? `${sorted(seen.addresses)}; IPv6 is off on ${node}` : sorted(seen.addresses),
      fix: ipv6Off ? ipv6Fix([node], [network]) : repair,
    },
    {
      go: listening,
      expected: `listens on UDP port ${network.port}`,
      seen: listening
        ? `listens (${seen.sockets.join(', ')})`
        : `${name} says port ${seen.port}, ${seen.sockets.length > 0 ? 'something else uses' : 'nothing uses'} UDP port ${network.port}`,
      fix: repair,
    },
    {
      go: seen.active,
      expected: `${name} held by wg-quick@${name}`,
      seen: 'the unit is not active: something else brought the interface up',
      fix: repair,
    },
    {
      go: seen.enabled,
      expected: `wg-quick@${name} enabled, so that it starts at boot`,
      seen: 'not enabled',
      fix: `systemctl enable wg-quick@${name} on ${node}, or apply the phase that makes ${name}`,
    },
  ];
  const wrong = checks.filter(({ go }) => !go);
  if (wrong.length > 0) return wrong.map((check) => ({ node, ...check }));
  return [
    {
      go: true,
      node,
      expected: `${name} up with ${addresses}, MTU ${network.mtu}, UDP port ${network.port}, enabled at boot`,
      seen: 'as expected',
    },
  ];
}

/** The interface is up as wanted, listens on its UDP port and is started at boot. */
export const listener: GateKind<NetworkParams, Seen> = {
  kind: 'listener',
  schema: parameters(networkParameter),
  patience: 0,

  probe(context, node) {
    const parts = networksOn(context, node.name).map(probeInterface);
    return {
      script: lines(ipv6Probe(ipv6Interfaces(context, node.name)), ...parts, `echo ${END_LINE}`, ''),
      parse: fromLines((lines) => ({
        ipv6Off: saysIpv6Off(lines),
        interfaces: networksOn(context, node.name).map((network, number) => ({
          network,
          seen: parseInterface(lines, number),
        })),
      })),
    };
  },

  verdict(context, readings) {
    const findings = [...readings.seen].flatMap(([node, { ipv6Off, interfaces }]) =>
      findingsIn(context, node, interfaces, (network, seen) => judge(network, node, seen, ipv6Off)),
    );
    const stopped = new Set(findings.filter(({ go }) => !go).map(({ node }) => node));
    return conclude(readings, findings, () => {
      const listening = readings.seen.size - stopped.size;
      return `${listening} of ${count(readings.seen.size + readings.unread.length, 'node')} listen${listening === 1 ? 's' : ''}`;
    });
  },
};
