import { imported, refused } from './importing.js';

const SERVERS = [
  {
    id: 1,
    name: 'edge-1',
    status: 'running',
    public_net: { ipv4: { ip: '198.51.100.61' }, ipv6: { ip: '2001:db8:61::/64' } },
    private_net: [{ network: 4711, ip: '10.0.0.2' }],
    labels: { role: 'edge' },
  },
  {
    id: 2,
    name: 'db_2',
    status: 'off',
    public_net: { ipv4: null, ipv6: { ip: '2001:db8:62::/64' } },
    private_net: [],
    labels: {},
  },
];

describe('the servers of hcloud', () => {
  it('are nodes with their public addresses, the first of their IPv6 range', () => {
    const { lines, notes } = imported({ 'servers.json': JSON.stringify(SERVERS, null, 2) });
    expect(lines).toEqual([
      'edge-1: { role: edge, public: [ 198.51.100.61, 2001:db8:61::1 ], ssh: { user: root } }',
      'db-2: { public: 2001:db8:62::1, ssh: { user: root } }',
    ]);
    expect(notes).toEqual([
      'servers.json:2:3  edge-1 is also 10.0.0.2 in a private network, which was left out',
      'servers.json:24:3  db_2 is off',
    ]);
  });

  it('must have names and addresses', () => {
    const odd =
      '[\n{ "name": "a", "public_net": { "ipv4": { "ip": "1.2.3" } } },\n{ "name": 5, "public_net": {} },\n' +
      '{ "name": "b", "public_net": { "ipv6": { "ip": "2001:db8:[:/64" } } } ]';
    expect(refused({ 'servers.json': odd })).toEqual([
      'servers.json:2:1  "1.2.3" is not an address; write four numbers, such as 192.168.15.2, or an IPv6 address',
      'servers.json:3:1  is not a server; import the output of `hcloud server list -o json`',
      expect.stringMatching(/^servers.json:4:1 {2}"2001:db8:\[:\/64" is not a range; /),
    ]);
  });
});
