import { takeIn } from '../../../src/app/adopt/edit-inventory.js';
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

  it('stays as it is where it has everything', () => {
    expect(
      takeIn('inventory.yaml', TEXT, [adopted({ config: '[Interface]\nAddress = 10.8.0.1/24\n' })]),
    ).toBe(TEXT);
  });
});
