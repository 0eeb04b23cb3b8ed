import { InputError } from '../../../../src/core/errors.js';
import { renderConfig } from '../../../../src/layers/wireguard/overlay/config.js';
import { peersOf } from '../../../../src/layers/wireguard/overlay/peers.js';
import { memberOf } from '../../../../src/model/atlas.js';
import type { Network } from '../../../../src/model/inventory.js';
import { resolveText } from '../clients/support.js';

const KEY = 'jJ5cTe0KmMrGmTbo9AXVBqcVfXPVnuXHGpBc1d2bCSM=';
const text = (unmanaged: string): string => `name: small
sites:
  home: { subnet: 192.168.1.0/24 }
nodes:
  vps: { public: 198.51.100.1 }
  gw: { site: home, lan: 192.168.1.2 }
networks:
  home:
    range: 10.8.0.0/24
    addresses: { vps: 10.8.0.1, gw: 10.8.0.2 }
    unmanaged:
      office: ${unmanaged}
`;

function problemsOf(unmanaged: string): string[] {
  try {
    resolveText(text(unmanaged));
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

const P = 'networks.home.unmanaged.office';
const of = (allowedIps: string, more = ''): string =>
  `{ on: vps, publicKey: "${KEY}", allowedIps: ${allowedIps}${more} }`;

describe('an unmanaged peer', () => {
  it('is only a peer of its members, as the inventory describes it', () => {
    const more = ', endpoint: "vpn.example.com:51000", keepalive: 20, presharedKey: true';
    const inventory = resolveText(text(of('[10.8.0.9, 10.77.0.0/24]', more)));
    const network = inventory.networks[0] as Network;
    expect(peersOf(inventory, network, 'gw').map(({ node }) => node)).toEqual(['vps']);
    const config = renderConfig({
      network,
      member: memberOf(network, 'vps'),
      peers: peersOf(inventory, network, 'vps'),
      publicKeyOf: () => 'GW=',
    });
    expect(config).toContain(
      `[Peer]\n# office (unmanaged)\nPublicKey = ${KEY}\nAllowedIPs = 10.8.0.9/32, 10.77.0.0/24\nEndpoint = vpn.example.com:51000\nPersistentKeepalive = 20\n`,
    );
    expect(config.match(/preshared-key .*/g)).toEqual(['preshared-key /etc/wireguard/psk/%i/office']);
  });

  it.each<[string, readonly unknown[]]>([
    [of('10.77.0.0/24'), []],
    [of('10.77.0.0/24').replace('vps', 'vsp'), [`${P}.on: must name a member of the network; got "vsp"`]],
    [of('10.77.0.0/24').replace(KEY, 'nokey'), [expect.stringContaining(`${P}.publicKey: `)]],
    [of('10.77.0.1/24'), [expect.stringContaining(`${P}.allowedIps: "10.77.0.1/24"`)]],
    [of('10.77.0.0/24', ', endpoint: vpn'), [expect.stringContaining(`${P}.endpoint: `)]],
    [of('10.8.0.0/24'), [`${P}.allowedIps: 10.8.0.0/24 holds the address of vps, 10.8.0.1`]],
    [
      of('198.51.100.0/24'),
      [`${P}.allowedIps: 198.51.100.0/24 holds 198.51.100.1, at which vps is reached over SSH`],
    ],
    [of('192.168.1.128/25'), [`${P}.allowedIps: 192.168.1.128/25 overlaps the LAN of home`]],
    [
      `${of('10.77.0.0/24')}\n      gw: ${of('10.78.0.0/24')}`,
      [
        'networks.home.unmanaged.gw: gw is a node or a client too',
        'networks.home.unmanaged.gw.publicKey: is the public key of office too',
      ],
    ],
    [
      `${of('10.77.0.0/24')}\n      lab: ${of('10.77.0.128/25').replace('jJ5c', 'jJ5d')}`,
      ['networks.home.unmanaged.lab.allowedIps: 10.77.0.128/25 overlaps what is routed to office'],
    ],
  ])('%s', (unmanaged, problems) => {
    expect(problemsOf(unmanaged)).toEqual(problems);
  });
});
