import { takeoverChanges, writtenConfig } from '../../../../../src/layers/wireguard/adopt/makers/changes.js';
import { takeoverOf } from '../../../../../src/layers/wireguard/adopt/makers/takeable.js';
import { obstaclesOf } from '../../../../../src/layers/wireguard/adopt/obstacles.js';
import { renderConfig } from '../../../../../src/layers/wireguard/overlay/config.js';
import { peersOf } from '../../../../../src/layers/wireguard/overlay/peers.js';
import { memberOf } from '../../../../../src/model/atlas.js';
import type { Network, Node } from '../../../../../src/model/inventory.js';
import { resolveText } from '../../clients/support.js';
import { adopted, keyOf, TEXT } from '../fixture.js';
import { KEYFILE, KEYFILE_PATH, NETDEV, NETDEV_PATH, NETWORK, NETWORK_PATH } from './fixture.js';

/** The same with the phone as a client, as the inventory is once it has been edited. */
const EDITED = TEXT.replace(
  'tablet: { address: 10.8.0.7 }',
  `phone: { address: 10.8.0.2, publicKey: "${keyOf('phone')}" }`,
);
const inventory = resolveText(EDITED);
const network = inventory.networks[0] as Network;
const node = inventory.nodes.find(({ name }) => name === 'vps') as Node;

/** A running interface of the hub with these addresses, made by networkd or NetworkManager. */
function made(kind: 'networkd' | 'NetworkManager', addresses: readonly string[], drives = true) {
  const files =
    kind === 'networkd'
      ? [
          { path: NETDEV_PATH, text: NETDEV },
          { path: NETWORK_PATH, text: NETWORK },
        ]
      : [{ path: KEYFILE_PATH, text: KEYFILE }];
  const where = files[0]?.path ?? '';
  const makers = [{ kind, where }];
  const takeover = takeoverOf('wg0', makers, {
    files,
    extras: [],
    networks: [],
    drives: drives ? [where] : [],
  });
  if (takeover === undefined) throw new Error('nothing is handed over');
  const live = [
    `@interface ${keyOf('vps')} 51820`,
    `@peer ${keyOf('spoke')} 203.0.113.77:1024 0 off 10.8.0.3/32 fd00:8::3/128`,
    `@peer ${keyOf('phone')} 203.0.113.9:40000 0 off 10.8.0.2/32`,
    ...addresses.map((address) => `7: wg0    inet ${address} scope global wg0`),
  ];
  const text = takeover.text
    .replace('PresharedKey = (hidden)\n', '')
    .replace('PersistentKeepalive = 25\n', '');
  const { peers, seen } = adopted({ config: text, live, about: { makers, takeover } }, 'vps', EDITED);
  return { context: { inventory, node }, network, interface: 'wg0', seen, known: peers.known };
}

describe('a tunnel that is given to wg-quick', () => {
  it('gets the configuration that the inventory wants if both agree', () => {
    expect(writtenConfig(made('networkd', ['10.8.0.1/32', 'fd00:8::1/128']))).toBe(
      renderConfig({
        network,
        member: memberOf(network, 'vps'),
        peers: peersOf(inventory, network, 'vps'),
        publicKeyOf: keyOf,
      }),
    );
  });

  it('otherwise keeps what it has, and no endpoint that was only learned', () => {
    const text = writtenConfig(made('networkd', ['10.8.0.1/24', 'fd00:8::1/64']));
    expect(text).toContain('Address = 10.8.0.1/24\nAddress = fd00:8::1/64\n');
    expect(text.match(/^Endpoint = .*/gm)).toEqual(['Endpoint = 198.51.100.2:51820']);
  });

  it.each([
    ['networkd', NETDEV_PATH, '/etc/systemd/network/00-bridgehead-wg0.network', 'systemd-networkd.service'],
    [
      'NetworkManager',
      KEYFILE_PATH,
      '/etc/NetworkManager/conf.d/zz-bridgehead-wg0.conf',
      'NetworkManager.service',
    ],
  ] as const)('from %s keeps everything that a revert needs', (kind, path, away, unit) => {
    const [write, give] = takeoverChanges(made(kind, ['10.8.0.1/32']));
    expect(write?.creates).toEqual({ path: '/etc/wireguard/wg0.conf', mode: '0600' });
    expect(give?.touches).toMatchObject({
      files: expect.arrayContaining([
        '/etc/wireguard/.retired/wg0-before-adopt',
        '/run/systemd/system/wg-quick@wg0.service.d/as-it-runs.conf',
        away,
        path,
      ]),
      units: ['wg-quick@wg0.service', unit],
      network: true,
    });
    expect(give?.script).toContain(`'rm' '-f' '${path}'`);
  });

  it('is not given if its program does not drive it', () => {
    const { seen } = made('networkd', ['10.8.0.1/24', 'fd00:8::1/64'], false);
    const obstacles = obstaclesOf({ ...adopted({ config: '', live: [] }), seen }, false);
    expect(obstacles).toMatchObject([
      {
        message: "wg0 on vps doesn't run as the files of networkd say",
        evidence: `${NETDEV_PATH}\n${NETWORK_PATH}`,
      },
    ]);
  });

  it.each([
    ['an address of it is in the range', '10.8.0.0/24', ['inet 10.8.0.1/24 scope global wg0'], []],
    ['a route is the same', '10.8.0.0/16', ['inet 10.8.0.1/32 scope global wg0', '10.8.0.0/16'], []],
    ['a default route is there', '10.0.0.0/8', ['inet 10.8.0.1/32 scope global wg0', 'default'], []],
    [
      'only a part of it is routed',
      '10.0.0.0/8',
      ['inet 10.8.0.1/24 scope global wg0', '10.9.0.0/24'],
      [`peer ${keyOf('spoke')}: 10.0.0.0/8`],
    ],
    [
      'it is of another family',
      '10.8.0.0/24, fd00:8::/64',
      ['inet 10.8.0.1/24 scope global wg0'],
      [`peer ${keyOf('spoke')}: fd00:8::/64`],
    ],
  ])('is not given if wg-quick would route more into it, when %s', (_what, ranges, lines, evidence) => {
    const makers = [{ kind: 'networkd', where: NETDEV_PATH }] as const;
    const text = NETWORK.replace(/\n\[Route\].*/s, '');
    const files = [
      { path: NETDEV_PATH, text: NETDEV },
      { path: NETWORK_PATH, text },
    ];
    const takeover = takeoverOf('wg0', makers, { files, extras: [], networks: [], drives: [NETDEV_PATH] });
    const [address = '', ...routes] = lines;
    const live = [
      `@interface ${keyOf('vps')} 51820`,
      `@peer ${keyOf('spoke')} (none) 0 off ${ranges.replaceAll(',', '')}`,
      `7: wg0    ${address}`,
      '@routes',
      ...routes.map((route) => `${route} dev wg0 scope link `),
      '@end-of-routes',
    ];
    const about = { makers, ...(takeover && { takeover }) };
    const obstacles = obstaclesOf(adopted({ config: takeover?.text ?? '', live, about }), false);
    expect(obstacles.map((one) => one.evidence)).toEqual(evidence);
  });

  it.each([
    ['networkd', '/run/systemd/network/10-netplan-wg0.netdev'],
    ['NetworkManager', '/run/NetworkManager/system-connections/netplan-wg0.nmconnection'],
  ] as const)('by %s is not given if the file is generated', (kind, where) => {
    const about = {
      makers: [
        { kind, where },
        { kind: 'container', where: 'vpn' },
      ],
    } as const;
    expect(obstaclesOf(adopted({ live: [], about }), false)).toMatchObject([
      {
        message: `wg0 on vps is made by ${kind} from a file that is generated, by netplan for example`,
        evidence: where,
        fix: expect.stringContaining('"Tunnels of netplan"'),
      },
    ]);
  });

  it('has one obstacle for each thing that wg-quick lacks, with every line', () => {
    const text = NETWORK.replace('[Network]', '[Network]\nDNS=10.8.0.9\nDomains=home\nDHCP=yes');
    const files = [
      { path: NETDEV_PATH, text: NETDEV },
      { path: NETWORK_PATH, text },
    ];
    const makers = [{ kind: 'networkd', where: NETDEV_PATH }] as const;
    const takeover = takeoverOf('wg0', makers, { files, extras: [], networks: [], drives: [NETDEV_PATH] });
    const obstacles = obstaclesOf(
      adopted({ config: '', live: [], about: { makers, ...(takeover && { takeover }) } }),
      false,
    );
    expect(obstacles.map(({ evidence }) => evidence)).toEqual([
      `${NETWORK_PATH}:5: DNS=10.8.0.9\n${NETWORK_PATH}:6: Domains=home`,
      `${NETWORK_PATH}:7: DHCP=yes`,
    ]);
  });
});
