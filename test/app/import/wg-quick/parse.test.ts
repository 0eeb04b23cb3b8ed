import { Found } from '../../../../src/app/import/found.js';
import { readWgQuick } from '../../../../src/app/import/wg-quick/parse.js';
import { refused } from '../importing.js';

const KEY = `${'K'.repeat(42)}A=`;

function owner(file: string): string {
  const found = new Found();
  readWgQuick({ file, text: '[Interface]\n' }, found);
  const [tunnel] = found.tunnels;
  return `${tunnel?.owner} ${tunnel?.interface}`;
}

describe('a wg-quick configuration', () => {
  it.each([
    ['ms-1/etc/wireguard/wg0.conf', 'ms-1 wg0'],
    ['backup/ms-1/wg-home.conf', 'ms-1 wg-home'],
    ['ms-1-wg1.conf', 'ms-1 wg1'],
    ['ms-1.wg0.conf', 'ms-1 wg0'],
    ['ms-1.conf', 'ms-1 wg0'],
    ['/etc/wireguard/wg0.conf', 'wg0 wg0'],
    ['vps/etc/wireguard/home.conf', 'vps home'],
    ['/root/wg0-client-phone.conf', 'phone wg0'],
    ['a/wg-much-too-long-for-one.conf', 'a wg0'],
    ['wg0.conf', 'wg0 wg0'],
  ])('%s is of %s', (file, name) => {
    expect(owner(file)).toBe(name);
  });

  it('is refused with every line that is wrong, and none is shown', () => {
    const secret = `${'S'.repeat(42)}E=`;
    const text = `[Interface]
Address = 10.0.0.300/24, 10.0.0.1/33, fd00::1/64
ListenPort = 70000
PrivateKey ${secret}
PublicKey = ${KEY}
[Peer]
PublicKey = short
[Peer]
AllowedIPs = 10.0.0.2/32
[Peer]
PublicKey = ${KEY}
AllowedIPs = 10.0.0.2/x
Endpoint = fd00::1:51820
[Client]
`;
    const problems = refused({ 'a.conf': text });
    expect(problems.join('\n')).not.toContain(secret);
    expect(problems).toEqual([
      'a.conf:4:1  is not a line of a configuration; write KEY = VALUE',
      'a.conf:5:1  wg-quick does not know PublicKey here; remove the line',
      'a.conf:14:1  unknown section [client]; wg-quick knows [Interface] and [Peer]',
      'a.conf:3:1  ListenPort: "70000" is not a port; write 1 to 65535',
      'a.conf:2:1  "10.0.0.300" has a number above 255; each of the four numbers is 0 to 255',
      'a.conf:2:1  10.0.0.1/33 has no prefix length that fits; write /0 to /32 after the address',
      'a.conf:7:1  is not a WireGuard public key; write the key of 44 characters that `wg pubkey` prints',
      'a.conf:8:1  the peer has no PublicKey; write the key of 44 characters that `wg pubkey` prints',
      'a.conf:13:1  is not an endpoint; write HOST:PORT, or [ADDRESS]:PORT for IPv6',
      'a.conf:12:1  10.0.0.2/x has no prefix length that fits; write /0 to /32 after the address',
    ]);
  });

  it('has one [Interface]', () => {
    expect(refused({ a: `[Peer]\nPublicKey = ${KEY}\n` })).toEqual([
      'a  has no [Interface] section; import a complete configuration',
    ]);
    expect(refused({ a: '[Interface]\n[Interface]\n' })).toEqual([
      'a:2:1  is a second [Interface] section; import one interface per file',
    ]);
  });
});
