import { imported, refused } from './importing.js';

const output = (value: unknown, sensitive = false) => ({ sensitive, type: 'dynamic', value });
const read = (outputs: object) => imported({ 'out.json': JSON.stringify(outputs, null, 1) });

describe('the outputs of Terraform', () => {
  it.each([
    [
      'a map of names',
      { server_ips: output({ 'web-1': '198.51.100.31', 'web-2': '198.51.100.32' }) },
      ['web-1: { public: 198.51.100.31 }', 'web-2: { public: 198.51.100.32 }'],
    ],
    [
      'a list',
      { web_ips: output(['198.51.100.31', '198.51.100.32']) },
      ['web-1: { public: 198.51.100.31 }', 'web-2: { public: 198.51.100.32 }'],
    ],
    [
      'single addresses of both families',
      { edge_ipv4: output('198.51.100.1'), edge_ipv6: output('2001:db8::1') },
      ['edge: { public: [ 198.51.100.1, 2001:db8::1 ] }'],
    ],
    [
      'hcloud servers',
      { servers: output([{ name: 'a', ipv4_address: '198.51.100.1', ipv6_address: '2001:db8::1' }]) },
      ['a: { public: [ 198.51.100.1, 2001:db8::1 ] }'],
    ],
    [
      'Oracle instances',
      { arm: output({ display_name: 'arm-1', public_ip: '198.51.100.1', private_ip: '10.0.0.5' }) },
      ['arm-1: { public: 198.51.100.1 }'],
    ],
    [
      'droplets in a map',
      { all: output({ x: { name: 'db-1', ipv4_address: '198.51.100.4', ssh_user: 'ops' } }) },
      ['db-1: { public: 198.51.100.4, ssh: { user: ops } }'],
    ],
    [
      'what else there is',
      { instance_public_ip: output('198.51.100.5'), cidr: output('10.0.0.0/16'), n: output(5) },
      ['instance: { public: 198.51.100.5 }'],
    ],
  ])('are machines: %s', (_what, outputs, lines) => {
    expect(read(outputs).lines).toEqual(lines);
  });

  it('are not read if they are sensitive', () => {
    const { notes, draft } = read({ ip: output('198.51.100.5'), token: output('hunter2', true) });
    expect(notes).toEqual(['out.json:7:2  output token is sensitive and was not read']);
    expect(JSON.stringify(draft)).not.toContain('hunter2');
  });

  it('must have a machine among them', () => {
    expect(refused({ 'out.json': JSON.stringify({ a: output('x') }) })).toEqual([
      'out.json  no output has the address of a machine; add an output such as { for s in hcloud_server.all : s.name => s.ipv4_address }',
    ]);
  });
});
