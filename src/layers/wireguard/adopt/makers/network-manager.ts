import { untakenRoute } from './routes.js';
import { parseSections, partsOf, type Section, settingOf } from './sections.js';
import {
  type Grammar,
  isNumber,
  isOneOf,
  type MakerFile,
  type Takeover,
  type Untaken,
  untakenIn,
  wholeFile,
  writtenText,
} from './takeover.js';

const LIST = /\s*;\s*/;
const PEER = 'wireguard-peer.';
const isZero = isOneOf('0');

const ADDRESSES: Grammar = {
  understood: {
    address: (value) => !value.includes(','),
    route: (value) => !value.includes(','),
    'never-default': true,
    'may-fail': true,
    'ignore-auto-dns': true,
    'ignore-auto-routes': true,
    'addr-gen-mode': true,
    'ip6-privacy': true,
    'dad-timeout': true,
    'route-table': isOneOf('0', '254'),
  },
  reasons: {
    address: 'routing',
    gateway: 'routing',
    route: 'routing',
    'route-table': 'routing',
    'route-metric': 'routing',
    'routing-rule': 'routing',
    dns: 'dns',
    'dns-search': 'dns',
    'dns-priority': 'dns',
    'dns-options': 'dns',
    method: 'address',
  },
};

const withMethods = (...methods: readonly string[]): Grammar => ({
  ...ADDRESSES,
  understood: { ...ADDRESSES.understood, method: isOneOf(...methods) },
});

const KEYFILE: Readonly<Record<string, Grammar>> = {
  connection: {
    understood: {
      id: true,
      uuid: true,
      type: true,
      'interface-name': true,
      autoconnect: true,
      'autoconnect-priority': true,
      'autoconnect-retries': true,
      timestamp: true,
      llmnr: true,
      mdns: true,
      lldp: true,
      metered: true,
    },
    reasons: { zone: 'zone' },
  },
  wireguard: {
    understood: {
      'listen-port': isNumber,
      'private-key': true,
      'private-key-flags': isZero,
      mtu: isNumber,
      'peer-routes': true,
      'ip4-auto-default-route': true,
      'ip6-auto-default-route': true,
      fwmark: isZero,
    },
    reasons: { 'private-key-flags': 'secret', fwmark: 'routing' },
  },
  ipv4: withMethods('manual', 'disabled'),
  // On a tunnel nobody announces addresses: `auto` leaves it with a link-local one.
  ipv6: withMethods('manual', 'disabled', 'ignore', 'link-local', 'auto'),
  proxy: { understood: {} },
  user: { understood: {} },
};

const PEER_GRAMMAR: Grammar = {
  understood: {
    endpoint: true,
    'allowed-ips': true,
    'persistent-keepalive': isNumber,
    'preshared-key': true,
    'preshared-key-flags': isZero,
  },
  reasons: { 'preshared-key-flags': 'secret' },
};

const isPeer = ({ name }: Section): boolean => name.startsWith(PEER);

/** `address1`, `address2` … without what follows the first comma. */
function numbered(section: Section, key: string): readonly string[] {
  const isOf = new RegExp(`^${key}\\d*$`);
  return section.settings
    .filter((one) => isOf.test(one.key) && one.value !== '')
    .map(({ value }) => value.split(',')[0] ?? '');
}

/** What the keyfile of a connection says, as wg-quick could do it; `extras` is itself if it could not be read. */
export function networkManagerTakeover(
  { path, text }: MakerFile,
  extras: readonly string[],
): Omit<Takeover, 'drives'> {
  const sections = parseSections(text);
  const peers = sections.filter(isPeer);
  const named = (name: string): readonly Section[] => sections.filter((one) => one.name === name);
  const allowedIps = peers.flatMap((peer) => partsOf(peer, 'allowed-ips', LIST));
  const families = [...named('ipv4'), ...named('ipv6')];
  const own = named('wireguard');
  const untaken = sections.flatMap((section): readonly Untaken[] =>
    untakenIn(path, section, isPeer(section) ? PEER_GRAMMAR : KEYFILE[section.name]),
  );
  const routes = families.flatMap(({ settings }) =>
    settings
      .filter(({ key, value }) => /^route\d*$/.test(key) && value !== '' && !value.includes(','))
      .flatMap((setting) => untakenRoute(path, setting, allowedIps)),
  );
  return {
    kind: 'NetworkManager',
    files: [path],
    text: writtenText(
      {
        Address: families.flatMap((one) => numbered(one, 'address')),
        ListenPort: own.flatMap((one) => settingOf(one, 'listen-port') ?? []),
        MTU: own.flatMap((one) => settingOf(one, 'mtu') ?? []).filter((mtu) => mtu !== '0'),
      },
      peers.map((peer) => ({
        comment: peer.comment,
        publicKey: peer.name.slice(PEER.length),
        allowedIps: partsOf(peer, 'allowed-ips', LIST),
        endpoint: settingOf(peer, 'endpoint'),
        keepalive: settingOf(peer, 'persistent-keepalive'),
        shared: settingOf(peer, 'preshared-key') !== undefined,
      })),
    ),
    untaken: [...untaken, ...routes, ...extras.map(wholeFile)],
  };
}
