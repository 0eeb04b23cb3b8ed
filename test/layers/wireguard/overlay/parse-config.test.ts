import { parseConfig } from '../../../../src/layers/wireguard/overlay/parse-config.js';

it('reads what people write by hand', () => {
  const text = [
    '[interface]',
    'PrivateKey = aaaa= # mine',
    'address=10.0.0.1/24, fd00::1/64',
    'ListenPort=51820',
    'MTU = 1380',
    'PostUp = echo "[Peer]"; true',
    '',
    '[PEER]',
    '  publickey = bbbb=',
    'PresharedKey = cccc=',
    'AllowedIPs = 10.0.0.2/32,fd00::2/128',
    'AllowedIPs = 10.1.0.0/16',
    'Endpoint = [2001:db8::2]:51820',
    'PersistentKeepalive = off',
    '[Peer]\r',
    'PublicKey = dddd=\r',
    '#Endpoint = 1.2.3.4:5\r',
    'PersistentKeepalive = 25\r',
  ].join('\n');
  const config = parseConfig(text);
  expect(config).toEqual({
    addresses: ['10.0.0.1/24', 'fd00::1/64'],
    listenPort: 51820,
    mtu: 1380,
    peers: [
      {
        publicKey: 'bbbb=',
        allowedIps: ['10.0.0.2/32', 'fd00::2/128', '10.1.0.0/16'],
        endpoint: '[2001:db8::2]:51820',
      },
      { publicKey: 'dddd=', allowedIps: [], keepalive: 25 },
    ],
  });
  expect(JSON.stringify(config)).not.toMatch(/aaaa|cccc/);
});
