import type { NetworkFile } from '../../../../../src/layers/wireguard/adopt/makers/earlier.js';
import { takeoverOf } from '../../../../../src/layers/wireguard/adopt/makers/takeable.js';
import type { Takeover } from '../../../../../src/layers/wireguard/adopt/makers/takeover.js';
import { parseConfig } from '../../../../../src/layers/wireguard/overlay/parse-config.js';
import { keyOf } from '../fixture.js';
import { KEYFILE, KEYFILE_PATH, NETDEV, NETDEV_PATH, NETWORK, NETWORK_PATH } from './fixture.js';

interface Given {
  readonly netdev?: string;
  readonly network?: string;
  readonly keyfile?: string;
  readonly extras?: readonly string[];
  readonly networks?: readonly NetworkFile[];
}

function taken({
  netdev = NETDEV,
  network = NETWORK,
  keyfile,
  extras = [],
  networks = [],
}: Given): Takeover | undefined {
  const isNetworkd = keyfile === undefined;
  const where = isNetworkd ? NETDEV_PATH : KEYFILE_PATH;
  const files = isNetworkd
    ? [
        { path: NETDEV_PATH, text: netdev },
        { path: NETWORK_PATH, text: network },
      ]
    : [{ path: KEYFILE_PATH, text: keyfile }];
  const maker = { kind: isNetworkd ? 'networkd' : 'NetworkManager', where } as const;
  return takeoverOf('wg0', [maker], { files, extras, networks, drives: [where] });
}

const untaken = (given: Given): string[] =>
  (taken(given)?.untaken ?? []).map(({ file, line, setting, why }) => `${why} ${file}:${line}: ${setting}`);

const PEERS = [
  {
    publicKey: keyOf('spoke'),
    allowedIps: ['10.8.0.3/32', 'fd00:8::3/128'],
    endpoint: '198.51.100.2:51820',
    keepalive: 25,
  },
  { publicKey: keyOf('phone'), allowedIps: ['10.8.0.2/32'] },
];

describe('what another program makes, for wg-quick', () => {
  it('is what the files of networkd say', () => {
    const takeover = taken({});
    expect(takeover).toMatchObject({ kind: 'networkd', files: [NETDEV_PATH, NETWORK_PATH], drives: true });
    expect(takeover?.untaken).toEqual([]);
    expect(parseConfig(takeover?.text ?? '')).toEqual({
      addresses: ['10.8.0.1/24', 'fd00:8::1/64'],
      listenPort: 51820,
      peers: PEERS,
    });
    expect(takeover?.text).toContain('\n# spoke\n');
    expect(takeover?.text).toContain('\n# phone of mine\n');
    expect(takeover?.text.match(/PresharedKey/g)).toHaveLength(1);
  });

  it('is what the keyfile of NetworkManager says', () => {
    const takeover = taken({ keyfile: KEYFILE });
    expect(takeover).toMatchObject({ kind: 'NetworkManager', files: [KEYFILE_PATH], drives: true });
    expect(takeover?.untaken).toEqual([]);
    expect(parseConfig(takeover?.text ?? '')).toEqual({
      addresses: ['10.8.0.1/24', 'fd00:8::1/64'],
      listenPort: 51820,
      mtu: 1400,
      peers: PEERS,
    });
  });

  it('takes lists on several lines, and begins anew at an empty one', () => {
    const netdev = NETDEV.replace(
      'AllowedIPs=10.8.0.2/32',
      'AllowedIPs=10.9.0.0/24\nAllowedIPs=\nAllowedIPs=10.8.0.2/32\nAllowedIPs=10.8.0.5/32',
    );
    expect(parseConfig(taken({ netdev })?.text ?? '').peers[1]?.allowedIps).toEqual([
      '10.8.0.2/32',
      '10.8.0.5/32',
    ]);
  });

  it.each([
    ['a table', 'ListenPort=51820', 'ListenPort=51820\nRouteTable=100', 'routing', 9, 'RouteTable=100'],
    [
      'a table of a peer',
      'Endpoint=',
      'RouteTable=off\nRouteMetric=9\nEndpoint=',
      'routing',
      16,
      'RouteMetric=9',
    ],
    [
      'a mark',
      'ListenPort=51820',
      'ListenPort=51820\nFirewallMark=0x8888',
      'routing',
      9,
      'FirewallMark=0x8888',
    ],
    ['anything else', 'Description=', 'MACAddress=', 'unknown', 4, 'MACAddress=made by hand'],
    ['another section', '[WireGuard]', '[MACsec]\nPort=1\n[WireGuard]', 'unknown', 6, '[MACsec]'],
  ])('does not take from a .netdev file %s', (_what, from, to, why, line, setting) => {
    expect(untaken({ netdev: NETDEV.replace(from, to) })).toEqual([
      `${why} ${NETDEV_PATH}:${line}: ${setting}`,
    ]);
  });

  it.each([
    ['all interfaces', 'Name=wg0', 'Name=*', 'match', 2, 'Name=*'],
    ['two interfaces', 'Name=wg0', 'Name=wg0 wg1', 'match', 2, 'Name=wg0 wg1'],
    ['a kind of interfaces', 'Name=wg0', 'Type=wireguard', 'match', 2, 'Type=wireguard'],
    ['DHCP', '[Network]', '[Network]\nDHCP=yes', 'address', 5, 'DHCP=yes'],
    ['name servers', '[Network]', '[Network]\nDNS=10.8.0.9', 'dns', 5, 'DNS=10.8.0.9'],
    ['forwarding', '[Network]', '[Network]\nIPForward=yes', 'forwarding', 5, 'IPForward=yes'],
    ['masquerading', '[Network]', '[Network]\nIPMasquerade=ipv4', 'masquerade', 5, 'IPMasquerade=ipv4'],
    [
      'a link-local address',
      '[Network]',
      '[Network]\nLinkLocalAddressing=ipv6',
      'link-local',
      5,
      'LinkLocalAddressing=ipv6',
    ],
    ['a route of its own', '10.8.0.3/32\n', '192.168.9.0/24\n', 'routing', 9, 'Destination=192.168.9.0/24'],
    ['a gateway', 'Scope=link', 'Gateway=10.8.0.3', 'routing', 10, 'Gateway=10.8.0.3'],
    [
      'a rule',
      '[Route]',
      '[RoutingPolicyRule]\nFrom=10.8.0.0/24\n[Route]',
      'routing',
      8,
      '[RoutingPolicyRule]',
    ],
    [
      'an address with a peer',
      '[Route]',
      '[Address]\nPeer=10.8.0.9/32\n[Route]',
      'address',
      9,
      'Peer=10.8.0.9/32',
    ],
  ])('does not take from a .network file %s', (_what, from, to, why, line, setting) => {
    expect(untaken({ network: NETWORK.replace(from, to) })).toEqual([
      `${why} ${NETWORK_PATH}:${line}: ${setting}`,
    ]);
  });

  it.each([
    ['name servers', 'dns-search=\n', 'dns=10.8.0.9;\n', 'dns', 'dns=10.8.0.9;'],
    [
      'a rule',
      'dns-search=\n',
      'routing-rule1=priority 5 from 10.8.0.0/24 table 100\n',
      'routing',
      'routing-rule1=priority 5 from 10.8.0.0/24 table 100',
    ],
    ['a table', 'dns-search=\n', 'route-table=100\n', 'routing', 'route-table=100'],
    [
      'a gateway',
      'address1=10.8.0.1/24\n',
      'address1=10.8.0.1/24,10.8.0.3\n',
      'routing',
      'address1=10.8.0.1/24,10.8.0.3',
    ],
    ['a route', 'dns-search=\n', 'route1=192.168.9.0/24\n', 'routing', 'route1=192.168.9.0/24'],
    ['DHCP', 'method=manual', 'method=auto', 'address', 'method=auto'],
    ['a mark', 'mtu=1400', 'fwmark=5', 'routing', 'fwmark=5'],
    ['a key from an agent', 'mtu=1400', 'private-key-flags=1', 'secret', 'private-key-flags=1'],
    ['a zone', 'timestamp=1700000000', 'zone=trusted', 'zone', 'zone=trusted'],
    ['anything else', 'timestamp=1700000000', 'controller=br0', 'unknown', 'controller=br0'],
  ])('does not take from a keyfile %s', (_what, from, to, why, setting) => {
    const keyfile = KEYFILE.replace(from, to);
    const line = keyfile.split('\n').indexOf(setting) + 1;
    expect(untaken({ keyfile })).toEqual([`${why} ${KEYFILE_PATH}:${line}: ${setting}`]);
  });

  it('does not take what is in drop-ins', () => {
    const extra = `${NETDEV_PATH}.d/more.conf`;
    expect(untaken({ extras: [extra] })).toEqual([`file ${extra}:0: `]);
  });

  it.each([
    ['all interfaces', '/etc/systemd/network/00-all.network', ['Name=*'], true],
    ['what has no conditions', '/run/systemd/network/00-all.network', [], true],
    ['a name', '/etc/systemd/network/00-a.network', ['Name = eth0 wg[0-9]'], true],
    ['any but another', '/etc/systemd/network/00-a.network', ['Name=!eth?'], true],
    ['its type', '/etc/systemd/network/00-a.network', ['Type=wireguard'], true],
    ['what is not understood', '/etc/systemd/network/00-a.network', ['Host=vps'], true],
    ['other names', '/etc/systemd/network/00-a.network', ['Name=eth* wg[!0-9]', 'Name=wg1 w.0'], false],
    ['any but this', '/etc/systemd/network/00-a.network', ['Name=!wg0'], false],
    ['other types', '/etc/systemd/network/00-a.network', ['Type=ether wlan'], false],
    ['hardware', '/etc/systemd/network/00-a.network', ['MACAddress=02:00:00:00:00:01', 'Name=*'], false],
    ['all, but after ours', '/etc/systemd/network/01-all.network', ['Name=*'], false],
  ])('minds an earlier file for %s', (_what, path, match, isUntaken) => {
    expect(untaken({ networks: [{ path, match }] })).toEqual(isUntaken ? [`earlier ${path}:0: `] : []);
  });

  it('does not mind an earlier file that goes', () => {
    const path = '/etc/systemd/network/00-a.network';
    const files = [
      { path: NETDEV_PATH, text: NETDEV },
      { path, text: NETWORK },
    ];
    const maker = { kind: 'networkd', where: NETDEV_PATH } as const;
    const made = { files, extras: [], networks: [{ path, match: ['Name=wg0'] }], drives: [NETDEV_PATH] };
    expect(takeoverOf('wg0', [maker], made)?.untaken).toEqual([]);
  });

  it('is nothing if two make it, or a generator writes the files', () => {
    const files = [{ path: '/run/systemd/network/10-netplan-wg0.netdev', text: NETDEV }];
    const maker = { kind: 'networkd', where: files[0]?.path ?? '' } as const;
    const other = { kind: 'ifupdown', where: '/etc/network/interfaces' } as const;
    const rest = { extras: [], networks: [], drives: [maker.where] };
    expect(takeoverOf('wg0', [maker], { files, ...rest })).toBeUndefined();
    const own = [{ path: NETDEV_PATH, text: NETDEV }];
    expect(takeoverOf('wg0', [maker, other], { files: own, ...rest })).toBeUndefined();
    expect(takeoverOf('wg0', [maker], { files: own, ...rest })).toBeDefined();
  });
});
