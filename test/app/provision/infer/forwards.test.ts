import {
  missingForwards,
  neededForwards,
  withForwards,
} from '../../../../src/app/provision/infer/forwards.js';

const site = (name: string, address?: string) => ({
  name,
  subnets: [`192.168.${name.length}.0/24`],
  publicAddresses: address === undefined ? [] : [address],
  forwards: [],
});
const inside = (name: string, at: string) => ({ name, site: at, lanAddresses: ['192.168.4.9'] });
const edge = { name: 'edge', publicAddresses: ['198.51.100.1'] };

describe('which forwards are needed', () => {
  it('none if all behind NAT are in one LAN', () => {
    expect(
      neededForwards({
        sites: [site('home', '203.0.113.1')],
        nodes: [edge, inside('a', 'home'), inside('b', 'home')],
        port: 51820,
      }),
    ).toEqual([]);
  });

  it('those of one of two LANs: the one with fewer machines', () => {
    const nodes = [inside('a', 'home'), inside('b', 'home'), inside('c', 'shed')];
    const sites = [site('home', '203.0.113.1'), site('shed', '203.0.113.2')];
    expect(neededForwards({ sites, nodes, port: 51820 })).toEqual(['c']);
  });

  it('those of the LAN that can have any', () => {
    const nodes = [inside('a', 'home'), inside('b', 'home'), inside('c', 'shed')];
    expect(
      neededForwards({ sites: [site('home', '203.0.113.1'), site('shed')], nodes, port: 51820 }),
    ).toEqual(['a', 'b']);
  });

  it('that of a hub behind NAT, and no other', () => {
    const nodes = [inside('a', 'home'), inside('c', 'shed')];
    expect(
      neededForwards({ sites: [site('home', '203.0.113.1'), site('shed')], nodes, hub: 'a', port: 51820 }),
    ).toEqual(['a']);
  });
});

describe('forwards that are asked for', () => {
  const request = {
    sites: [
      {
        ...site('home', '203.0.113.1'),
        router: '192.168.4.1',
        forwards: [{ port: 51821, node: 'b', nodePort: 51820 }],
      },
    ],
    nodes: [inside('a', 'home'), inside('b', 'home'), inside('c', 'home')],
    port: 51820,
  };

  it('are added to those that are there, at free ports', () => {
    expect(withForwards(request, 'all')[0]?.forwards).toEqual([
      { port: 51821, node: 'b', nodePort: 51820 },
      { port: 51820, node: 'a', nodePort: 51820 },
      { port: 51822, node: 'c', nodePort: 51820 },
    ]);
  });

  it('are typed only if they are missing', () => {
    const lines = missingForwards(withForwards(request, 'all'), request.sites, request.nodes);
    expect(lines).toEqual([
      {
        site: 'home',
        router: '192.168.4.1',
        port: 51820,
        node: 'a',
        address: '192.168.4.9',
        nodePort: 51820,
      },
      {
        site: 'home',
        router: '192.168.4.1',
        port: 51822,
        node: 'c',
        address: '192.168.4.9',
        nodePort: 51820,
      },
    ]);
  });
});
