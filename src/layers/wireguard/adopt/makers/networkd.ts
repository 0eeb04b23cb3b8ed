import { untakenRoute } from './routes.js';
import { parseSections, partsOf, type Section, settingOf } from './sections.js';
import {
  type Grammar,
  isNo,
  isNumber,
  isOneOf,
  type MakerFile,
  type Takeover,
  type Untaken,
  untakenIn,
  wholeFile,
  writtenText,
} from './takeover.js';

const isMainTable = isOneOf('off', 'main', '254', 'no', 'false');
const LIST = /\s*,\s*/;
const WORDS = /\s+/;

const NETDEV: Readonly<Record<string, Grammar>> = {
  NetDev: { understood: { Name: true, Kind: true, Description: true, MTUBytes: isNumber } },
  WireGuard: {
    understood: {
      PrivateKey: true,
      PrivateKeyFile: true,
      ListenPort: (value) => value === 'auto' || isNumber(value),
      RouteTable: isMainTable,
      FirewallMark: isOneOf('0', 'off'),
      FwMark: isOneOf('0', 'off'),
    },
    reasons: { RouteTable: 'routing', RouteMetric: 'routing', FirewallMark: 'routing', FwMark: 'routing' },
  },
  WireGuardPeer: {
    understood: {
      PublicKey: true,
      PresharedKey: true,
      PresharedKeyFile: true,
      AllowedIPs: true,
      Endpoint: true,
      PersistentKeepalive: (value) => value === 'off' || isNumber(value),
      RouteTable: isMainTable,
    },
    reasons: { RouteTable: 'routing', RouteMetric: 'routing' },
  },
};

/** `[Match]` is judged by itself: it depends on the interface's name. */
const NETWORK: Readonly<Record<string, Grammar>> = {
  Link: {
    understood: {
      MTUBytes: isNumber,
      RequiredForOnline: true,
      RequiredFamilyForOnline: true,
      ActivationPolicy: isOneOf('up', 'always-up'),
    },
  },
  Network: {
    understood: {
      Description: true,
      Address: true,
      DHCP: isNo,
      LinkLocalAddressing: isNo,
      IPv6AcceptRA: true,
      ConfigureWithoutCarrier: true,
      IgnoreCarrierLoss: true,
      KeepConfiguration: true,
      IPv6PrivacyExtensions: true,
      IPv6DuplicateAddressDetection: true,
      LLMNR: true,
      MulticastDNS: true,
      LLDP: true,
      EmitLLDP: true,
      DNSDefaultRoute: isNo,
      IPForward: isNo,
      IPv4Forwarding: isNo,
      IPv6Forwarding: isNo,
      IPMasquerade: isNo,
    },
    reasons: {
      DHCP: 'address',
      LinkLocalAddressing: 'link-local',
      Gateway: 'routing',
      DNS: 'dns',
      Domains: 'dns',
      DNSDefaultRoute: 'dns',
      DNSSEC: 'dns',
      DNSOverTLS: 'dns',
      IPForward: 'forwarding',
      IPv4Forwarding: 'forwarding',
      IPv6Forwarding: 'forwarding',
      IPMasquerade: 'masquerade',
    },
  },
  Address: { understood: { Address: true }, otherwise: 'address' },
  Route: {
    understood: { Destination: true, Scope: isOneOf('link'), Table: isMainTable },
    otherwise: 'routing',
  },
};

const shown = (section: Section, key: string): readonly string[] =>
  section.settings.filter((one) => one.key === key).map(({ value }) => value);

/** A `.network` file that is about other interfaces, too, would go with this one. */
function untakenMatch(file: string, section: Section, interfaceName: string): readonly Untaken[] {
  return section.settings
    .filter(({ key, value }) => key !== 'Name' || value !== interfaceName)
    .map(({ key, value, line }) => ({ file, line, setting: `${key}=${value}`, why: 'match' }));
}

/** What the `.netdev` and the `.network` file of an interface say, as wg-quick could do it; `extras` are drop-ins of them. */
export function networkdTakeover(
  interfaceName: string,
  files: readonly MakerFile[],
  extras: readonly string[],
): Omit<Takeover, 'drives'> {
  const read = files.map(({ path, text }) => ({ path, sections: parseSections(text) }));
  const sections = read.flatMap((one) => one.sections);
  const named = (name: string): readonly Section[] => sections.filter((one) => one.name === name);
  const peers = named('WireGuardPeer');
  const allowedIps = peers.flatMap((peer) => partsOf(peer, 'AllowedIPs', LIST));
  const untaken = read.flatMap(({ path, sections: own }) =>
    own.flatMap((section): readonly Untaken[] => {
      if (path.endsWith('.netdev')) return untakenIn(path, section, NETDEV[section.name]);
      if (section.name === 'Match') return untakenMatch(path, section, interfaceName);
      const route = section.name === 'Route' ? section.settings : [];
      return [
        ...untakenIn(path, section, NETWORK[section.name]),
        ...route
          .filter(({ key }) => key === 'Destination')
          .flatMap((setting) => untakenRoute(path, setting, allowedIps)),
      ];
    }),
  );
  return {
    kind: 'networkd',
    files: files.map(({ path }) => path),
    text: writtenText(
      {
        Address: [
          ...named('Network').flatMap((one) => partsOf(one, 'Address', WORDS)),
          ...named('Address').flatMap((one) => shown(one, 'Address')),
        ],
        ListenPort: named('WireGuard')
          .flatMap((one) => settingOf(one, 'ListenPort') ?? [])
          .filter(isNumber),
        MTU: [...named('NetDev'), ...named('Link')]
          .flatMap((one) => settingOf(one, 'MTUBytes') ?? [])
          .slice(-1),
      },
      peers.map((peer) => ({
        comment: peer.comment,
        publicKey: settingOf(peer, 'PublicKey') ?? '',
        allowedIps: partsOf(peer, 'AllowedIPs', LIST),
        endpoint: settingOf(peer, 'Endpoint'),
        keepalive: settingOf(peer, 'PersistentKeepalive'),
        shared: (settingOf(peer, 'PresharedKey') ?? settingOf(peer, 'PresharedKeyFile')) !== undefined,
      })),
    ),
    untaken: [...untaken, ...extras.map(wholeFile)],
  };
}
