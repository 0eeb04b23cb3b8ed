import { imported } from '../importing.js';

const key = (letter: string): string => `${letter.repeat(42)}A=`;
const PRIVATE = `${'S'.repeat(42)}E=`;

/** A configuration with peers as `name key allowed endpoint`. */
function conf(own: string, ...peers: string[]): string {
  const blocks = peers.map((peer) => {
    const [name, letter = '', allowed, endpoint] = peer.split(' ');
    const lines = [`# ${name}`, `PublicKey = ${key(letter)}`, `AllowedIPs = ${allowed}`];
    return ['', '[Peer]', ...lines, ...(endpoint ? [`Endpoint = ${endpoint}`] : [])].join('\n');
  });
  return `[Interface]\n${own}\nPrivateKey = ${PRIVATE}\n${blocks.join('\n')}\n`;
}

const MESH = {
  'edge/wg0.conf': conf(
    'Address = 172.27.15.31/32\nListenPort = 51820',
    'ms-1 M 172.27.15.12/32 203.0.113.10:51821',
    'wk-1 W 172.27.15.11/32 203.0.113.10:51820',
  ),
  'ms-1/etc/wireguard/wg0.conf': conf(
    'Address = 172.27.15.12/32\nListenPort = 51820',
    'edge E 172.27.15.31/32 198.51.100.25:51820',
    'wk-1 W 172.27.15.11/32 192.168.15.3:51820',
  ),
  'wk-1-wg0.conf': conf(
    'Address = 172.27.15.11/32\nListenPort = 51820',
    'edge E 172.27.15.31/32 198.51.100.25:51820',
    'ms-1 M 172.27.15.12/32 192.168.15.2:51820',
  ),
};

const HUB = `[Interface]
Address = 10.66.66.1/24,fd42:42:42::1/64
ListenPort = 50000
PrivateKey = ${PRIVATE}
PostUp = iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE
PostDown = iptables -t nat -D POSTROUTING -o eth0 -j MASQUERADE

### Client phone
[Peer]
PublicKey = ${key('P')}
PresharedKey = ${PRIVATE}
AllowedIPs = 10.66.66.2/32,fd42:42:42::2/128

### begin laptop ###
[Peer]
PublicKey = ${key('L')}
AllowedIPs = 10.66.66.3/32
### end laptop ###

# Client: My home (8b6a)
[Peer]
PublicKey = ${key('H')}
AllowedIPs = 10.66.66.4/32, 192.168.1.0/24
`;

describe('wg-quick configurations', () => {
  it('of all members of a mesh give the machines, the router with its forwards, and the network', () => {
    const { lines, notes, draft } = imported(MESH);
    expect(lines).toEqual([
      'home:',
      '  subnet: 192.168.15.0/24',
      '  public: 203.0.113.10',
      '  forwards:',
      '    - { port: 51821, node: ms-1, nodePort: 51820 }',
      '    - { port: 51820, node: wk-1 }',
      'edge: { public: 198.51.100.25 }',
      'ms-1: { site: home, lan: 192.168.15.2 }',
      'wk-1: { site: home, lan: 192.168.15.3 }',
      'mesh:',
      '  range: 172.27.15.0/24',
      '  addresses:',
      '    edge: 172.27.15.31',
      '    ms-1: 172.27.15.12',
      '    wk-1: 172.27.15.11',
    ]);
    expect(notes[0]).toBe(
      'edge/wg0.conf:4:1  a private key was not read into the inventory; it stays in this file and on edge',
    );
    expect(notes).toHaveLength(3);
    expect(JSON.stringify(draft)).not.toContain(PRIVATE);
  });

  it('of one member give the others, too', () => {
    const { lines } = imported({ 'edge/wg0.conf': MESH['edge/wg0.conf'] });
    expect(lines.slice(0, 3)).toEqual([
      'edge: { ssh: { host: edge } }',
      'ms-1: { ssh: { host: ms-1 } }',
      'wk-1: { ssh: { host: wk-1 } }',
    ]);
    expect(lines).toContain('    ms-1: 172.27.15.12');
  });

  it('of a hub give its clients, with their public keys, and no secret', () => {
    const { lines, notes, draft } = imported({ 'wg0.conf': HUB }, { 'wg0.conf': 'vps' });
    expect(lines).toEqual([
      'vps: { ssh: { host: vps } }',
      'vpn:',
      '  shape: hub',
      '  hub: vps',
      '  range: [ 10.66.66.0/24, fd42:42:42::/64 ]',
      '  port: 50000',
      '  addresses:',
      '    vps: [ 10.66.66.1, fd42:42:42::1 ]',
      '  internet: true',
      '  presharedKeys: true',
      '  clients:',
      '    phone:',
      '      address: [ 10.66.66.2, fd42:42:42::2 ]',
      `      publicKey: ${key('P')}`,
      `    laptop: { address: 10.66.66.3, publicKey: ${key('L')} }`,
      `    my-home: { address: 10.66.66.4, publicKey: ${key('H')} }`,
    ]);
    expect(notes).toEqual([
      'wg0.conf:4:1  a private key was not read into the inventory; it stays in this file and on vps',
      'wg0.conf:5:1  a hook was left out; bridgehead writes forwarding rules itself; for others, use a script step',
      'wg0.conf:6:1  a hook was left out; bridgehead writes forwarding rules itself; for others, use a script step',
      'wg0.conf:11:1  a preshared key was not read into the inventory',
      'wg0.conf:1:1  client my-home is also sent 192.168.1.0/24: left out; if it is a machine that you log in to, import its login under that name',
    ]);
    expect(JSON.stringify(draft)).not.toContain(PRIVATE);
  });

  it('have a peer as a node if another source logs into it', () => {
    const { lines } = imported({
      'vps/wg0.conf': HUB,
      config: 'Host my-home\n  HostName 192.168.1.10\n  User ops\n',
    });
    expect(lines).toContain('my-home: { site: home, lan: 192.168.1.10, ssh: { user: ops } }');
    expect(lines).toContain('    my-home: 10.66.66.4');
    expect(lines).toContain('    my-home: { subnets: 192.168.1.0/24 }');
    expect(lines.join('\n')).not.toContain(key('H'));
  });

  it('of hub, spoke and phone give each its part', () => {
    const { lines } = imported({
      'vps.conf': conf(
        'Address = 10.8.0.1/24\nListenPort = 51820',
        'node-a A 10.8.0.3/32,192.168.1.0/24',
        'phone P 10.8.0.2/32',
      ),
      'node-a.conf': conf(
        'Address = 10.8.0.3/24\nListenPort = 51820',
        'vps V 10.8.0.0/24 198.51.100.8:51820',
      ),
      'phone.conf': conf('Address = 10.8.0.2/24\nDNS = 1.1.1.1', 'vps V 0.0.0.0/0 198.51.100.8:51820'),
    });
    expect(lines).toEqual([
      'vps: { public: 198.51.100.8 }',
      'node-a: { ssh: { host: node-a } }',
      'vpn:',
      '  shape: hub',
      '  hub: vps',
      '  range: 10.8.0.0/24',
      '  addresses:',
      '    vps: 10.8.0.1',
      '    node-a: 10.8.0.3',
      '  advertise:',
      '    node-a: { subnets: 192.168.1.0/24 }',
      '  internet: true',
      '  clients:',
      '    phone:',
      '      address: 10.8.0.2',
      `      publicKey: ${key('P')}`,
      '      tunnel: full',
      '      dns: 1.1.1.1',
    ]);
  });

  it('of only a spoke give its hub, with a guessed address', () => {
    const { lines, notes } = imported({
      'node-a.conf': conf(
        'Address = 10.8.0.3/24\nListenPort = 51821',
        'vps V 10.8.0.0/24 vpn.example.com:51820',
      ),
    });
    expect(lines).toContain('    vps: 10.8.0.1');
    expect(lines).toContain('vps: { ssh: { host: vpn.example.com } }');
    expect(notes).toContain(
      "node-a.conf:6:1  no configuration has the hub's address; 10.8.0.1 is assumed; import the hub's configuration, or correct it",
    );
    expect(notes).toContain(
      'node-a.conf:6:1  peers connect to vpn.example.com: an inventory needs its address; write it under public',
    );
  });

  it('of only a phone give its hub, and the port that it connects to', () => {
    const { lines } = imported({
      'wg0-client-phone.conf': conf('Address = 10.8.0.2/24', 'hub V 0.0.0.0/0 198.51.100.8:60000'),
    });
    expect(lines).toEqual([
      'hub-2: { public: 198.51.100.8 }',
      'vpn:',
      '  shape: hub',
      '  hub: hub-2',
      '  range: 10.8.0.0/24',
      '  port: 60000',
      '  addresses:',
      '    hub-2: 10.8.0.1',
      '  internet: true',
      '  clients:',
      '    phone: { address: 10.8.0.2, tunnel: full }',
    ]);
  });

  it('without peers are a machine', () => {
    expect(imported({ 'a.conf': conf('Address = 10.8.0.2/24') }).lines).toEqual([
      'a: { ssh: { host: a } }',
      'mesh:',
      '  range: 10.8.0.0/24',
      '  addresses:',
      '    a: 10.8.0.2',
    ]);
  });

  it('of two networks give two', () => {
    const { draft } = imported({
      'a/wg0.conf': conf('Address = 10.1.0.1/24\nListenPort = 51820', 'b B 10.1.0.2/32 198.51.100.2:51820'),
      'a/wg1.conf': conf('Address = 10.2.0.1/24\nListenPort = 51821', 'c C 10.2.0.2/32 198.51.100.3:51821'),
    });
    expect(
      draft.networks.map(({ name, members, ...one }) => [
        name,
        one.interface,
        one.port,
        members.map(({ node }) => node),
      ]),
    ).toEqual([
      ['mesh', 'wg0', 51820, ['a', 'b']],
      ['mesh-2', 'wg1', 51821, ['a', 'c']],
    ]);
  });

  it('that differ if a network has one value say so', () => {
    const { notes } = imported({
      'a/wg0.conf': conf('Address = 10.1.0.1/24\nListenPort = 51820', 'b B 10.1.0.2/32 198.51.100.2:51820'),
      'b/wg7.conf': conf('Address = 10.1.0.2/24\nListenPort = 51899', 'a A 10.1.0.1/32 198.51.100.1:51820'),
    });
    expect(notes).toContain(
      'b/wg7.conf:1:1  b listens on 51899; in the inventory the network has port 51820',
    );
    expect(notes).toContain('b/wg7.conf:1:1  b calls the interface wg7; in the inventory it is wg0');
  });

  it('say that SSH goes through the tunnel', () => {
    const { notes } = imported({
      ...MESH,
      config: 'Host wk-1\n  HostName 172.27.15.11\nHost b\n  HostName 172.27.15.12\n',
    });
    expect(notes.slice(-3)).toEqual([
      expect.stringContaining('ms-1 is b of config:3 under another name: both are 172.27.15.12'),
      expect.stringContaining('the login of wk-1 is at 172.27.15.11, inside the tunnel'),
      expect.stringContaining('the login of b is at 172.27.15.12, inside the tunnel'),
    ]);
  });
});
