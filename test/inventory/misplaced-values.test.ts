import { broken, problemsOf } from './support.js';

it.each([
  [
    'a login',
    'public: 198.51.100.25',
    'public: 198.51.100.25, ssh: root',
    'nodes.edge.ssh',
    'write ssh: { user: root }',
  ],
  [
    'a destination of ssh',
    'public: 198.51.100.25',
    'public: 198.51.100.25, ssh: me@vps.example:2222',
    'nodes.edge.ssh',
    'write ssh: { user: me, host: vps.example, port: 2222 }',
  ],
  [
    'an address as a node',
    '{ public: 198.51.100.25 }',
    '198.51.100.25',
    'nodes.edge',
    'write edge: { public: 198.51.100.25 }',
  ],
  [
    'nothing as a node',
    '{ public: 198.51.100.25 }',
    '',
    'nodes.edge',
    'write a value, such as { public: 198.51.100.25 }, or remove the key',
  ],
  [
    'a number as an address',
    'lan: 192.168.15.3',
    'lan: 3',
    'nodes.wk-1.lan',
    'write an address, such as 192.168.15.2',
  ],
  [
    'a list of addresses',
    'wk-1: 172.27.15.11',
    'wk-1: { a: 172.27.15.11 }',
    'networks.mesh.addresses.wk-1',
    'write an address, such as 192.168.15.2',
  ],
  [
    'a port as a forward',
    '{ port: 51820, node: wk-1 }',
    '51820',
    'sites.home.forwards[0]',
    'such as { port: 51820, node: wk-1, nodePort: 51820 }',
  ],
  [
    'a text as a forward',
    '{ port: 51820, node: wk-1 }',
    '51820/udp',
    'sites.home.forwards[0]',
    'such as { port: 51820, node: wk-1, nodePort: 51820 }',
  ],
  [
    'a host with its port',
    'public: 198.51.100.25',
    'public: 198.51.100.25, ssh: { host: "vps:22" }',
    'nodes.edge.ssh.host',
    'no :port (those have their own keys)',
  ],
  [
    'a variable in a path',
    'public: 198.51.100.25',
    'public: 198.51.100.25, ssh: { sudoPasswordFile: $BRIDGEHEAD_SUDO_PASSWORD_FILE }',
    'nodes.edge.ssh.sudoPasswordFile',
    'write a path without variables; ~ is your home',
  ],
  [
    'a range that is none',
    'range: 172.27.15.0/24',
    'range: 172.27.15.x',
    'networks.mesh.range',
    'such as 172.27.15.0/24',
  ],
])('%s', (_what, from, to, path, fix) => {
  const found = problemsOf(broken(from, to)).filter((line) => line.includes(`  ${path}: `));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(fix);
});

it.each([
  ['a range as a site', 'sites: { home: 192.168.15.0/24 }', 'write home: { subnet: 192.168.15.0/24 }'],
  ['a range as a network', 'networks: { mesh: 10.20.0.0/24 }', 'write mesh: { range: 10.20.0.0/24'],
  [
    'a list as addresses',
    'networks: { mesh: { range: 10.20.0.0/24, addresses: [10.20.0.1] } }',
    'name the members, such as { edge-1: ',
  ],
  [
    'one forward that isn’t a list',
    'sites: { home: { subnet: 192.168.15.0/24, forwards: { port: 51820, node: a } } }',
    'write forwards: [ { port: 51820, node: a } ]',
  ],
  [
    'an address as a client',
    'networks: { hub: { range: 10.8.0.0/24, shape: hub, hub: a, addresses: { a: 10.8.0.1 }, clients: { phone: 10.8.0.9 } } }',
    'write phone: { address: 10.8.0.9 }',
  ],
  [
    'a port after a space in a reach',
    'networks: { hub: { range: 10.8.0.0/24, shape: hub, hub: a, addresses: { a: 10.8.0.1 }, clients: { phone: { address: 10.8.0.9, reach: [a: 3000] } } } }',
    'such as home-1:3000, without a space, or "[fd00::1]:3000", in quotes',
  ],
  [
    'a port as a mapping in a reach',
    'networks: { hub: { range: 10.8.0.0/24, shape: hub, hub: a, addresses: { a: 10.8.0.1 }, clients: { phone: { address: 10.8.0.9, reach: { a: 3000 } } } } }',
    'such as [lan, home-1:3000, 192.168.1.100/32]',
  ],
])('%s', (_what, lines, fix) => {
  const found = problemsOf(`name: x\nnodes: { a: { public: 198.51.100.8 } }\n${lines}\n`);
  expect(found.filter((line) => line.includes(fix))).toHaveLength(1);
});
