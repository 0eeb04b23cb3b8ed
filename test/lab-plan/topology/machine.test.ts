import { planLab } from '../../../src/lab/topology/lab.js';
import type { MachinePlan } from '../../../src/lab/types.js';
import { homeMesh } from '../../fixtures/home-mesh-inventory.js';
import { manySites } from '../fixtures.js';

function machine(plan: { machines: readonly MachinePlan[] }, node: string): MachinePlan {
  const found = plan.machines.find((candidate) => candidate.node === node);
  if (found === undefined) throw new Error(`no machine ${node}`);
  return found;
}

function file(plan: MachinePlan, path: string): string | undefined {
  return plan.files.find((candidate) => candidate.path === path)?.content;
}

describe('machines', () => {
  const home = planLab(homeMesh);
  const many = planLab(manySites);

  it('land on the bridge of their place', () => {
    const places = [...home.machines, ...many.machines].map(({ node, namespace, bridge, wanLink }) => [
      node,
      namespace,
      bridge,
      wanLink,
    ]);
    expect(places).toEqual([
      ['ctb-edge-1', 'internet', 'wan', undefined],
      ['ms-1', 'site-home', 'lan', undefined],
      ['wk-1', 'site-home', 'lan', undefined],
      ['wk-2', 'site-home', 'lan', undefined],
      ['edge', 'internet', 'wan', undefined],
      ['a-1', 'site-home', 'lan', undefined],
      ['b-1', 'site-cabin', 'lan', undefined],
      ['b-2', 'site-cabin', 'lan', undefined],
      ['d-1', 'site-dc', 'lan', 'w4'],
      ['six', 'internet', 'wan', undefined],
    ]);
  });

  it('boot the release and let in the user that the inventory names', () => {
    expect(home.machines.map(({ release, login }) => [release, login?.user, login?.sudo])).toEqual([
      ['bookworm', 'root', 'passwordless'],
      ['bookworm', 'ops', 'password'],
      ['bookworm', 'ops', 'passwordless'],
      ['trixie', 'root', 'passwordless'],
    ]);
  });

  it('have a single VPS address, with the gateway on the link', () => {
    expect(file(machine(home, 'ctb-edge-1'), '/etc/systemd/network/10-host0.network')).toBe(
      [
        '[Match]',
        'Name=host0',
        '',
        '[Network]',
        'LinkLocalAddressing=ipv6',
        'IPv6AcceptRA=no',
        'IPv6DuplicateAddressDetection=0',
        'Address=198.51.100.25/32',
        '',
        '[Route]',
        'Gateway=169.254.0.1',
        'GatewayOnLink=yes',
        'PreferredSource=198.51.100.25',
        '',
      ].join('\n'),
    );
  });

  it('have LAN addresses with their prefix, and the router as gateway', () => {
    const network = file(machine(many, 'a-1'), '/etc/systemd/network/10-host0.network') ?? '';
    expect(network.split('\n').filter((line) => /^(Address|Gateway)=/.test(line))).toEqual([
      'Address=192.168.15.1/24',
      'Address=fd00:15::2/64',
      'Gateway=192.168.15.2',
      'Gateway=fd00:15::1',
    ]);
  });

  it('have the default route on the public link if they have one', () => {
    const dual = machine(many, 'd-1');
    expect(file(dual, '/etc/systemd/network/10-host0.network')).not.toContain('Gateway=');
    expect(file(dual, '/etc/systemd/network/20-wan0.network')).toContain('Address=198.51.100.99/32');
  });

  it('listen on 22 and on the port that the laptop connects to, behind a forward', () => {
    const ports = Object.fromEntries(many.machines.map(({ node, sshPorts }) => [node, sshPorts]));
    expect(ports).toEqual({
      edge: [22, 2222],
      'a-1': [22],
      'b-1': [22, 2200],
      'b-2': [22],
      'd-1': [22],
      six: [22],
    });
    expect(file(machine(many, 'b-1'), '/etc/ssh/sshd_config.d/00-bridgehead-lab.conf')).toBe(
      'Port 22\nPort 2200\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n',
    );
  });

  it('fetch packages through the proxy, by IPv6 if they have nothing else', () => {
    const proxy = (node: string) => file(machine(many, node), '/etc/apt/apt.conf.d/90bridgehead-lab-proxy');
    expect(proxy('a-1')).toBe('Acquire::http::Proxy "http://169.254.0.1:3128";\n');
    expect(proxy('six')).toBe('Acquire::http::Proxy "http://[fd62:6c61:62::1]:3128";\n');
  });

  it('know the names that are looked up through them', () => {
    expect(file(machine(many, 'b-1'), '/etc/hosts')).toContain('\n192.168.15.4 b-2.lan\n');
    expect(file(machine(many, 'b-2'), '/etc/hosts')).not.toContain('b-2.lan');
  });

  it('are known to the laptop by name if it reaches them at their own address', () => {
    expect(many.laptop.hosts.split('\n').slice(2, -1)).toEqual([
      '2001:db8:b::25 edge',
      '192.168.15.1 a-1.example.net',
      '192.168.15.1 a-1',
      '198.51.100.25 edge',
      '2001:db8:b::66 six',
    ]);
  });
});
