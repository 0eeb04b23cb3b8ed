import { quote } from '../remote/quote.js';
import {
  keyPath,
  readAddresses,
  readInterface,
  readOwnKey,
  readRoutes,
  readUnit,
} from './wireguard-readings.js';

/** A peer as the running interface holds it; neither key of the pair is in it. */
export interface LivePeer {
  readonly publicKey: string;
  /** Hexadecimal SHA-256 of the preshared key's base64 text; absent when there is none. */
  readonly presharedKey?: string;
  /** `address:port` or `[address]:port`; absent when none is known. */
  readonly endpoint?: string;
  readonly allowedIps: readonly string[];
  /** Unix seconds; 0 when there was none. */
  readonly latestHandshake: number;
  /** Seconds; 0 is off. */
  readonly keepalive: number;
}

/** A running interface. */
export interface LiveInterface {
  /** Empty while it has no private key. */
  readonly publicKey: string;
  readonly port: number;
  readonly mtu: number;
  /** CIDR, both families. */
  readonly addresses: readonly string[];
  /** CIDR, both families, of the main table; without the kernel's own. */
  readonly routes: readonly string[];
  readonly peers: readonly LivePeer[];
  /** The node's clock, unix seconds. */
  readonly now: number;
}

/** What the probe saw of one interface. */
export interface SeenInterface {
  readonly config: { readonly mode: string; readonly text: string } | undefined;
  readonly unit: { readonly enabled: boolean; readonly active: boolean };
  readonly live: LiveInterface | undefined;
  /** Public key of the key file. */
  readonly ownKey: string | undefined;
}

/**
 * sh that reads everything about one interface. Private and preshared keys are cut on the node: of the dump's first
 * line and of a hand-made config only the other words travel.
 */
export function probeInterfaceScript(interfaceName: string): string {
  const conf = quote(`/etc/wireguard/${interfaceName}.conf`);
  const name = quote(interfaceName);
  return `${readUnit('unit', interfaceName)}
printf '%s\n' "$unit"
if [ -f ${quote(keyPath(interfaceName))} ]; then
${readOwnKey('own', interfaceName)}
echo "@own $own"
fi
if [ -d /sys/class/net/${name} ]; then
read -r mtu </sys/class/net/${name}/mtu
echo "@mtu $mtu"
${readAddresses('addresses', interfaceName)}
${readRoutes('routes', interfaceName)}
${readInterface('live', interfaceName)}
printf '%s\n' "$addresses" @routes "$routes" @end-of-routes "$live"
fi
if [ -f ${conf} ]; then
echo "@config $(stat -c '%a %U %G' ${conf})"
sed 's/\\([Pp][Rr][A-Za-z]*[Kk][Ee][Yy][[:space:]]*=\\).*/\\1 (hidden)/' ${conf}
fi`;
}

function parsePeer(words: readonly string[], shared: ReadonlyMap<string, string>): LivePeer {
  const [publicKey = '', endpoint = '', handshake, keepalive, ...allowedIps] = words;
  const presharedKey = shared.get(publicKey);
  return {
    publicKey,
    ...(presharedKey !== undefined && { presharedKey }),
    ...(endpoint === '(none)' ? {} : { endpoint }),
    allowedIps: allowedIps.filter((range) => range !== '(none)'),
    latestHandshake: Number(handshake),
    keepalive: keepalive === 'off' ? 0 : Number(keepalive),
  };
}

/** `10.0.0.1` as `ip route` shows a host route: `10.0.0.1/32`. */
function asCidr(route: string): string {
  if (route.includes('/')) return route;
  if (route === 'default') return '0.0.0.0/0';
  return route.includes(':') ? `${route}/128` : `${route}/32`;
}

/** Reads what {@link probeInterfaceScript} printed. */
export function parseInterfaceProbe(stdout: string): SeenInterface {
  const configAt = stdout.indexOf('@config ');
  const head = configAt < 0 ? stdout : stdout.slice(0, configAt);
  const facts = head
    .split('\n')
    .filter((line) => line.startsWith('@'))
    .map((line) => line.slice(1).split(' '));
  const all = (key: string): string[][] =>
    facts.filter(([word]) => word === key).map((words) => words.slice(1));
  const first = (key: string): string[] => all(key)[0] ?? [];
  const property = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(head)?.[1] ?? '';
  const addresses = [...head.matchAll(/^\d+: \S+ +inet6? (\S+)/gm)].map(([, address = '']) => address);
  const [, routes = ''] = /^@routes\n([\s\S]*?)^@end-of-routes$/m.exec(head) ?? [];
  const [publicKey, port] = first('interface');
  const ownKey = first('own')[0];
  const shared = new Map(all('shared').map(([peer = '', sum = '']) => [peer, sum]));
  return {
    unit: { enabled: property('UnitFileState') === 'enabled', active: property('ActiveState') === 'active' },
    ownKey: ownKey || undefined,
    config: configAt < 0 ? undefined : splitConfig(stdout.slice(configAt)),
    live:
      first('mtu').length === 0
        ? undefined
        : {
            publicKey: publicKey === '(none)' || publicKey === undefined ? '' : publicKey,
            port: Number(port ?? 0),
            mtu: Number(first('mtu')[0]),
            addresses: addresses.filter((address) => !address.startsWith('fe80:')),
            routes: routes
              .split('\n')
              .filter((line) => line !== '' && !/ (?:proto kernel|table \S+) /.test(`${line} `))
              .map((line) => asCidr(line.split(' ')[0] ?? '')),
            peers: all('peer').map((words) => parsePeer(words, shared)),
            now: Number(first('now')[0]),
          },
  };
}

function splitConfig(block: string): { mode: string; text: string } {
  const end = block.indexOf('\n');
  return { mode: block.slice('@config '.length, end), text: block.slice(end + 1) };
}
