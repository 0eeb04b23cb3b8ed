import { layOut } from '../../../../src/app/provision/infer/layout.js';
import { fourMachines, machine, survey, vpsAndHome } from '../support.js';

describe('machines and LANs, as they follow from what was seen', () => {
  it('puts machines that were seen at one address from outside into one LAN', () => {
    const { placed, sites, laptop } = layOut(fourMachines());
    expect(sites).toEqual([
      {
        name: 'home',
        subnets: ['192.168.15.0/24'],
        router: '192.168.15.1',
        publicAddresses: ['203.0.113.10'],
        forwards: [],
      },
    ]);
    expect(placed.map(({ node }) => [node.name, node.site, node.lanAddresses, node.publicAddresses])).toEqual(
      [
        ['ctb-edge-1', undefined, [], ['198.51.100.25']],
        ['ms-1', 'home', ['192.168.15.2'], []],
        ['wk-1', 'home', ['192.168.15.3'], []],
        ['wk-2', 'home', ['192.168.15.4'], []],
      ],
    );
    expect(laptop).toBe('home');
  });

  it('takes the address at which we were seen if no machine heard another', () => {
    expect(layOut(vpsAndHome()).sites[0]?.publicAddresses).toEqual(['203.0.113.8']);
  });

  it('finds the forwards that are in the router', () => {
    expect(layOut(fourMachines(['wk-1', 'ms-1'])).sites[0]?.forwards).toEqual([
      { port: 51820, node: 'wk-1', nodePort: 51820 },
      { port: 51821, node: 'ms-1', nodePort: 51820 },
    ]);
  });

  it('keeps two homes with routers of one make apart', () => {
    const at = (name: string, mac: string) =>
      machine(name, {
        address: '192.168.1.2/24',
        defaults: [{ family: 4, device: 'eth0', router: '192.168.1.1', routerMac: mac }],
      });
    const { sites } = layOut(survey([at('mine', '02:00:00:00:00:01'), at('theirs', '02:00:00:00:00:02')]));
    expect(sites.map(({ name, subnets }) => [name, subnets])).toEqual([
      ['home', ['192.168.1.0/24']],
      ['home-2', ['192.168.1.0/24']],
    ]);
  });

  it('takes the address that a provider translates to one machine for its own', () => {
    const azure = machine('azure', {
      address: '10.0.0.4/24',
      router: '10.0.0.1',
      dialled: '203.0.113.99',
      vendor: 'Microsoft Corporation',
    });
    const { placed, sites } = layOut(survey([azure]));
    expect(sites).toEqual([]);
    expect(placed[0]?.node).toMatchObject({
      publicAddresses: ['203.0.113.99'],
      lanAddresses: [],
      role: 'edge',
    });
  });

  it('places a machine that is reached through its router’s forward behind that router', () => {
    const nas = machine('nas', {
      address: '192.168.1.5/24',
      router: '192.168.1.1',
      dialled: '203.0.113.99',
      port: 2222,
    });
    const { placed, sites } = layOut(survey([nas]));
    expect(sites[0]).toMatchObject({ name: 'home', publicAddresses: ['203.0.113.99'] });
    expect(placed[0]?.node).toMatchObject({ site: 'home', ssh: { host: '203.0.113.99', port: 2222 } });
  });

  it('leaves out the second name of one machine', () => {
    const [edge] = fourMachines().surveyed;
    if (!edge) throw new Error('no machine');
    const { placed, twice } = layOut(survey([edge, { ...edge, machine: 'root@edge.example.com' }]));
    expect(placed).toHaveLength(1);
    expect(twice).toEqual([{ machine: 'root@edge.example.com', as: 'ctb-edge-1' }]);
  });

  it('names a machine that is called by its address after its hostname, and two of one hostname apart', () => {
    const at = (last: number) =>
      machine(`root@192.168.1.${last}`, { address: `192.168.1.${last}/24`, hostname: 'raspberrypi.local' });
    expect(layOut(survey([at(2), at(3)])).placed.map(({ node }) => node.name)).toEqual([
      'raspberrypi',
      'raspberrypi-2',
    ]);
  });

  it('keeps both families of a machine that has them', () => {
    const six = machine('six', {
      address: '192.168.178.5/24',
      addresses: [
        { device: 'eth0', address: '192.168.178.5/24', passing: false },
        { device: 'eth0', address: 'fda8::5/64', passing: false },
        { device: 'eth0', address: '2001:db8::5/64', passing: false },
        { device: 'eth0', address: '2001:db8::abcd/64', passing: true },
        { device: 'docker0', address: '172.17.0.1/16', passing: false },
      ],
    });
    const { placed, sites } = layOut(survey([six]));
    expect(placed[0]?.node).toMatchObject({
      lanAddresses: ['192.168.178.5', 'fda8::5'],
      publicAddresses: ['2001:db8::5'],
      role: 'server',
    });
    expect(sites[0]?.subnets).toEqual(['192.168.178.0/24', 'fda8::/64']);
  });

  it('is corrected by the user', () => {
    const { placed, sites } = layOut(fourMachines(), {
      names: { 'ms-1': 'server' },
      sites: { 'wk-2': 'shed', 'wk-1': 'none' },
      public: { home: '203.0.113.77', 'ctb-edge-1': 'none' },
    });
    expect(placed.map(({ node }) => [node.name, node.site, node.publicAddresses])).toEqual([
      ['ctb-edge-1', undefined, []],
      ['server', 'home', []],
      ['wk-1', undefined, []],
      ['wk-2', 'shed', []],
    ]);
    expect(sites.map(({ name, publicAddresses }) => [name, publicAddresses])).toEqual([
      ['home', ['203.0.113.77']],
      ['shed', ['203.0.113.10']],
    ]);
  });

  it('writes a jump host by the name that it has as a node', () => {
    const [edge, ms] = fourMachines().surveyed;
    if (!edge || !ms) throw new Error('no machine');
    const { placed } = layOut(
      survey([edge, { ...ms, hop: { ...ms.hop, via: { ...edge.hop, node: 'jump' } } }]),
    );
    expect(placed[1]?.node.ssh).toEqual({ user: 'root', jump: 'ctb-edge-1' });
  });
});
