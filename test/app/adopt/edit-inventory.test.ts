import { takeIn } from '../../../src/app/adopt/edit-inventory.js';
import { PeerNames } from '../../../src/layers/wireguard/adopt/adoption.js';
import { peersOf } from '../../../src/layers/wireguard/overlay/peers.js';
import type { Network } from '../../../src/model/inventory.js';
import { adopted, keyOf, TEXT } from '../../layers/wireguard/adopt/fixture.js';
import { resolveText } from '../../layers/wireguard/clients/support.js';

const HUB = `[Interface]
Address = 10.8.0.1/24
PostUp = iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE
# Phone
[Peer]
PublicKey = ${keyOf('phone')}
PresharedKey = (hidden)
AllowedIPs = 10.8.0.2/32, fd00:8::2/128
[Peer]
PublicKey = ${keyOf('tab')}
AllowedIPs = 10.8.0.7/32
`;

describe('the inventory', () => {
  it('gets what is only on the machines, and keeps its comments', () => {
    const text = takeIn('inventory.yaml', TEXT, [adopted({ config: HUB })]);
    expect(text).toContain('# ours');
    expect(text).toContain('hub: vps # rented');
    expect(resolveText(text).networks[0]).toMatchObject({
      presharedKeys: true,
      internet: true,
      clients: [
        { name: 'tablet', publicKey: keyOf('tab'), tunnel: 'split' },
        { name: 'phone', publicKey: keyOf('phone'), tunnel: 'full', addresses: ['10.8.0.2', 'fd00:8::2'] },
      ],
    });
  });

  it('keeps a peer that can be no client on each machine that has it, with the endpoint as it is written', () => {
    const mesh = TEXT.replace('    shape: hub\n    hub: vps # rented\n', '').replace(
      / {4}clients:\n.*\n/,
      '',
    );
    const office = `# Office
[Peer]
PublicKey = ${keyOf('office')}
PresharedKey = (hidden)
Endpoint = office.example.com:51000
AllowedIPs = 10.8.0.99, 192.168.7.1/24
PersistentKeepalive = 20
`;
    const names = new PeerNames(resolveText(mesh));
    const of = (node: string) =>
      adopted({ config: `[Interface]\nAddress = 10.8.0.1/24\n${office}` }, node, mesh, names);
    const text = takeIn('inventory.yaml', mesh, [of('vps'), of('spoke')]);
    expect(text).toContain('# ours');
    const { networks } = resolveText(text);
    expect(networks[0]).toMatchObject({
      presharedKeys: false,
      unmanaged: [
        {
          name: 'office',
          on: ['vps', 'spoke'],
          publicKey: keyOf('office'),
          allowedIps: ['10.8.0.99/32', '192.168.7.0/24'],
          endpoint: { host: 'office.example.com', port: 51000 },
          keepalive: 20,
          presharedKey: true,
        },
      ],
    });
    const inventory = resolveText(text);
    const peers = peersOf(inventory, inventory.networks[0] as Network, 'spoke').map(({ node }) => node);
    expect(peers).toEqual(['vps', 'office']);
  });

  it('stays as it is if it has everything', () => {
    expect(
      takeIn('inventory.yaml', TEXT, [adopted({ config: '[Interface]\nAddress = 10.8.0.1/24\n' })]),
    ).toBe(TEXT);
  });
});
