import type { Question } from '../../../remote/question.js';
import { quote } from '../../../remote/quote.js';
import { type Script, sh } from '../../../remote/script.js';
import { inlineKey, keyPath, readOwnKey } from '../keys/private-key.js';
import { type OwnerRecord, recordPath, splitRecord } from '../ownership/record.js';
import {
  configPath,
  HIDDEN,
  readAddresses,
  readConfig,
  readConfigTraits,
  readInterface,
  readRoutes,
  readUnit,
} from './readings.js';

/** A peer of the running interface, without private or preshared keys. */
export interface LivePeer {
  readonly publicKey: string;
  /** Hexadecimal SHA-256 of the preshared key's base64 text; absent if there is none. */
  readonly presharedKey?: string;
  /** `address:port` or `[address]:port`; absent if none is known. */
  readonly endpoint?: string;
  readonly allowedIps: readonly string[];
  /** Unix seconds; 0 if there was none. */
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
  readonly config:
    | {
        /** `600 root root`; empty if it was not read. */
        readonly mode: string;
        readonly text: string;
        /** Public key of the private key that it contains; ours contain none. */
        readonly publicKey?: string;
      }
    | undefined;
  /** Our record of its owner. */
  readonly record?: OwnerRecord | undefined;
  readonly unit: { readonly enabled: boolean; readonly active: boolean };
  readonly live: LiveInterface | undefined;
  /** There is a link of that name, and it isn't a WireGuard interface. */
  readonly otherLink?: true;
  /** Public key of the key file. */
  readonly ownKey: string | undefined;
}

function readAll(interfaceName: string): Script {
  return sh`${readUnit('unit', interfaceName)}
printf '%s\n' "$unit"
${readOwner(interfaceName, true)}`;
}

/** sh that reads what shows the owner of an interface; `whole` adds what only the wireguard step needs. */
function readOwner(interfaceName: string, whole = false): Script {
  const conf = quote(configPath(interfaceName));
  const record = quote(recordPath(interfaceName));
  const name = quote(interfaceName);
  const routes = sh`${readRoutes('routes', interfaceName)}
printf '%s\n' @routes "$routes" @end-of-routes
`;
  return sh`if [ -f ${quote(keyPath(interfaceName))} ]; then
${readOwnKey('own', interfaceName)}
echo "@own $own"
fi
if [ -d /sys/class/net/${name} ]; then
read -r mtu </sys/class/net/${name}/mtu
echo "@mtu $mtu"
if [ ! -S /var/run/wireguard/${name}.sock ] && [ -r /sys/class/net/${name}/uevent ]; then
other=yes
while read -r line; do [ "$line" != DEVTYPE=wireguard ] || other=no; done </sys/class/net/${name}/uevent
[ $other = no ] || echo '@other link'
fi
${readAddresses('addresses', interfaceName)}
printf '%s\n' "$addresses"
${whole ? routes : ''}${readInterface('live', interfaceName)}
printf '%s\n' "$live"
fi
if [ -f ${conf} ]; then
${whole ? readConfigTraits('traits', interfaceName) : 'traits='}
${readConfig('config', interfaceName)}
inline=
case $config in
*[Pp]rivate[Kk]ey*${quote(HIDDEN)}*) ! command -v wg >/dev/null 2>&1 || inline=$(${inlineKey(interfaceName)} | wg pubkey 2>/dev/null) ;;
esac
[ -z "$inline" ] || echo "@inline $inline"
printf '%s\n' "@config \${traits% *}" "$config"
elif [ -f ${record} ]; then
${readConfig('config', interfaceName)}
printf '%s\n' @record "$config"
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

/** Everything about one interface, without private or preshared keys. Comes last if several things are read. */
export function interfaceFact(interfaceName: string): Question<SeenInterface> {
  return { script: readAll(interfaceName), parse: ({ stdout }) => parseInterface(stdout) };
}

/** Only what shows the owner of an interface. */
export function ownerFact(interfaceName: string): Question<SeenInterface> {
  return { script: readOwner(interfaceName), parse: ({ stdout }) => parseInterface(stdout) };
}

/** Parses what was printed about an interface; no text means that the node has nothing of it. */
export function parseInterface(stdout: string): SeenInterface {
  const textAt = stdout.search(/^@(?:config |record$)/m);
  const head = textAt < 0 ? stdout : stdout.slice(0, textAt);
  const [, mark = '', text = ''] = /^(.*)\n?([\s\S]*)$/.exec(textAt < 0 ? '' : stdout.slice(textAt)) ?? [];
  const { record, rest } = splitRecord(text);
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
  const inline = first('inline')[0];
  const shared = new Map(all('shared').map(([peer = '', sum = '']) => [peer, sum]));
  return {
    unit: { enabled: property('UnitFileState') === 'enabled', active: property('ActiveState') === 'active' },
    ownKey: ownKey || undefined,
    ...(first('other').length > 0 && publicKey === undefined && { otherLink: true as const }),
    record,
    config: mark.startsWith('@config ')
      ? {
          mode: mark.slice('@config '.length),
          text: rest,
          ...(inline !== undefined && { publicKey: inline }),
        }
      : undefined,
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
