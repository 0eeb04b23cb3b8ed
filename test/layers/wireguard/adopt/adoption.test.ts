import { PeerNames } from '../../../../src/layers/wireguard/adopt/adoption.js';
import { compare } from '../../../../src/layers/wireguard/adopt/compare.js';
import { obstaclesOf } from '../../../../src/layers/wireguard/adopt/obstacles.js';
import { resolveText } from '../clients/support.js';
import { adopted, keyOf, TEXT, type There } from './fixture.js';

const block = (key: string, allowedIps: string, more = ''): string =>
  `[Peer]\n${more}PublicKey = ${keyOf(key)}\nAllowedIPs = ${allowedIps}\n`;
const INTERFACE =
  '[Interface]\nAddress = 10.8.0.1/24, fd00:8::1/64\nListenPort = 51820\nPrivateKey = (hidden)\n';
const SPOKE = block('spoke', '10.8.0.3/32, fd00:8::3/128');

const rows = (there: There) =>
  compare(adopted(there)).map(
    ({ what, verdict, becomes }) => `${what}: ${verdict}${becomes ? `: ${becomes}` : ''}`,
  );
const obstacles = (there: There, node = 'vps', shared = false) =>
  obstaclesOf(adopted(there, node), shared).map(({ message, evidence = '' }) =>
    `${message}\n${evidence}`.trim(),
  );

describe('an interface that may be taken over', () => {
  it.each([
    ["angristan's script", '### Client phone\n', '', 'phone'],
    ['PiVPN', '### begin My Phone ###\n', '', 'my-phone'],
    ['wg-easy', '# Client: phone (5b1f)\n', '', 'phone'],
    ['Algo', '', '# phone\n', 'phone'],
    ['a guide', '# Mobile client\n', '', 'mobile-client'],
    ['nobody', '', '', 'client-10-8-0-2'],
    ['somebody who calls it like a node', '# spoke\n', '', 'spoke-2'],
    ['PiVPN, behind another', '### end other ###\n', '', 'client-10-8-0-2'],
  ])('has clients that are named as %s has it', (_who, before, inside, name) => {
    const { newClients } = adopted({
      config: `${INTERFACE}\n${before}${block('phone', '10.8.0.2/32', inside)}`,
    });
    expect(newClients).toMatchObject([
      { name, addresses: ['10.8.0.2'], there: { publicKey: keyOf('phone') } },
    ]);
  });

  it('knows a member by its address, and a client without a key, too', () => {
    const { peers, newClients } = adopted({ config: INTERFACE + SPOKE + block('tab', '10.8.0.7/32') });
    expect(peers.known).toMatchObject([
      { name: 'spoke', there: { publicKey: keyOf('spoke') } },
      { name: 'tablet', there: { publicKey: keyOf('tab') }, keyIsNew: true },
    ]);
    expect(newClients).toEqual([]);
  });

  it('knows the hub of a spoke by the range that is routed to it', () => {
    const config = `[Interface]\nAddress = 10.8.0.3/24\n${block('hub', '10.8.0.0/24')}`;
    expect(adopted({ config }, 'spoke').peers).toMatchObject({
      known: [{ name: 'vps', there: { publicKey: keyOf('hub') } }],
      missing: [],
      strangers: [],
    });
  });

  it('takes what runs for what is there, not what the file says', () => {
    const live = [
      `@interface ${keyOf('own')} 51821`,
      `@peer ${keyOf('spoke')} 198.51.100.2:51820 0 off 10.8.0.3/32 fd00:8::3/128`,
    ];
    const { peers } = adopted({ config: INTERFACE + block('gone', '10.8.0.9/32'), live });
    expect(peers).toMatchObject({ known: [{ name: 'spoke' }], strangers: [] });
    expect(rows({ config: INTERFACE, live })).toContain('port: differs');
  });

  it.each([
    ['a LAN behind it', block('x', '10.8.0.5/32, 192.168.7.0/24')],
    ['an address outside the range', block('x', '10.9.0.5/32')],
    ['two addresses of one family', block('x', '10.8.0.5/32, 10.8.0.6/32')],
    [
      'no preshared key where others have one',
      block('y', '10.8.0.9/32', 'PresharedKey = (hidden)\n') + block('x', '10.8.0.5/32'),
    ],
  ])('leaves a peer as it is that can be no client: it has %s', (_what, blocks) => {
    const { unmanaged } = adopted({ config: INTERFACE + blocks });
    expect(unmanaged).toMatchObject([{ there: { publicKey: keyOf('x') } }]);
  });

  it('is compared line by line', () => {
    const config = `${INTERFACE}SaveConfig = true\nDNS = 1.1.1.1\nPostUp = iptables -A FORWARD -i %i -j ACCEPT\n${SPOKE}${block('x', '10.8.0.2/32')}`;
    const settings = [{ file: '/etc/sysctl.d/wg.conf', line: 'net.ipv4.ip_forward = 1' }];
    expect(rows({ config, about: { settings } })).toEqual([
      'made by: same',
      'interface: same',
      'address: same',
      'port: same',
      'DNS: only there: left out: it is for clients',
      'private key: stays',
      'peer spoke: differs',
      'peer client-10-8-0-2: only there: becomes client client-10-8-0-2',
      'PostUp: differs: in force until the first apply',
      'SaveConfig: only there: removed, after the running state was saved once more',
      'setting: stays',
    ]);
  });

  it.each([
    ['a line of its own', `PostUp = iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE\n`, {}, true],
    ['a rule of its range', '', { sources: ['-A POSTROUTING -s 10.8.0.0/24 -o eth0 -j MASQUERADE'] }, true],
    ['a rule for everything', '', { sources: ['-A POSTROUTING -o eth0 -j MASQUERADE'] }, true],
    [
      "Docker's rule alone",
      '',
      { sources: ['-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE'] },
      false,
    ],
    ['nothing', '', {}, false],
  ])('lets clients out to the internet by %s', (_what, line, about, addsInternet) => {
    expect(adopted({ config: INTERFACE + line, about }).addsInternet).toBe(addsInternet);
  });

  it('says whether SSH comes in through it', () => {
    const live = [`@interface ${keyOf('own')} 51820`, '7: wg0    inet 10.8.0.1/24 scope global wg0'];
    const ssh = (server: string) =>
      adopted({ live, about: { ssh: { client: '10.8.0.9', server } } }).carriesSsh;
    expect([ssh('10.8.0.1'), ssh('198.51.100.1')]).toEqual([true, false]);
  });
});

describe('obstacles to taking over', () => {
  it('is nothing where hand and inventory agree, or scripts have made it', () => {
    const hooks =
      'PostUp = iptables -I INPUT -p udp --dport 51820 -j ACCEPT\nPostUp = iptables -A FORWARD -i wg0 -j ACCEPT\n';
    expect(obstacles({ config: INTERFACE + hooks + SPOKE })).toEqual([]);
  });

  it.each<[string, There, string, RegExp]>([
    ['no tools', { config: INTERFACE, about: { hasTools: false } }, 'vps', /^the command wg is missing/],
    [
      'networkd',
      { live: [], about: { makers: [{ kind: 'networkd', where: '/etc/systemd/network/wg0.netdev' }] } },
      'vps',
      /^wg0 on vps is made by networkd.*\n.*wg0\.netdev$/,
    ],
    [
      'a container',
      { live: [], about: { makers: [{ kind: 'container', where: 'wg-easy' }] } },
      'vps',
      /^wg0 on vps is made by container/,
    ],
    [
      'a command',
      { config: `${INTERFACE}PostUp = /root/up.sh\n` },
      'vps',
      /whose purpose isn't known\nPostUp = \/root\/up\.sh$/,
    ],
    [
      'a port opened in a closed firewall',
      {
        config: `${INTERFACE}PostUp = iptables -I INPUT -p udp --dport 51820 -j ACCEPT\n`,
        about: { closed: ['iptables'] },
      },
      'vps',
      /^\/etc\/wireguard\/wg0.conf on vps opens its own port/,
    ],
    [
      'a spoke that forwards',
      { config: `[Interface]\nAddress = 10.8.0.3/24\nPostUp = iptables -A FORWARD -i wg0 -j ACCEPT\n` },
      'spoke',
      /^spoke forwards packets of wg0, and the inventory doesn't say so/,
    ],
    [
      'a full tunnel',
      { config: `[Interface]\nAddress = 10.8.0.3/24\n${block('hub', '0.0.0.0/0')}` },
      'spoke',
      /sends all of the machine's traffic/,
    ],
    [
      'a full tunnel in two halves',
      { config: `[Interface]\nAddress = 10.8.0.3/24\n${block('hub', '0.0.0.0/1, 128.0.0.0/1')}` },
      'spoke',
      /sends all of the machine's traffic/,
    ],
    [
      'routing of its own',
      { config: `${INTERFACE}Table = 1234\n` },
      'vps',
      /has its own routing rules\nTable = 1234$/,
    ],
  ])('is %s', (_what, there, node, message) => {
    expect(obstacles(there, node)).toEqual([expect.stringMatching(message)]);
  });

  it('is a client of the inventory without a preshared key where others have one', () => {
    const config =
      INTERFACE + block('a', '10.8.0.2/32', 'PresharedKey = (hidden)\n') + block('b', '10.8.0.7/32');
    expect(obstacles({ config }, 'vps', true)).toEqual([expect.stringMatching(/\nwithout: tablet$/)]);
    expect(obstacles({ config: `${INTERFACE}Table = auto\nFwMark = off\n` })).toEqual([]);
  });

  it('is one device with one key on two hubs', () => {
    const names = new PeerNames(resolveText(TEXT));
    const config = INTERFACE + block('x', '10.8.0.2/32');
    expect(adopted({ config }, 'vps', TEXT, names).twins).toEqual([]);
    const [first] = obstaclesOf(
      adopted({ config: config.replace('0.2/32', '0.4/32') }, 'vps', TEXT, names),
      false,
    );
    expect(first?.message).toMatch(
      /^client-10-8-0-4 on vps and client client-10-8-0-2 of network home are the same device/,
    );
  });

  it('isn’t a container if wg-quick makes the interface', () => {
    const makers = [{ kind: 'container', where: 'wg-easy' }] as const;
    expect(obstacles({ config: INTERFACE, live: [], about: { makers } })).toEqual([]);
  });
});
