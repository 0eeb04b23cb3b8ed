import { type Choices, designed, freeOnAll, freeRanges } from '../../../../src/app/provision/infer/design.js';
import { layOut } from '../../../../src/app/provision/infer/layout.js';
import { overlaps, spanOf } from '../../../../src/model/address.js';
import { fourMachines, machine, survey, vpsAndHome } from '../support.js';

const SIX = [
  { family: 4 as const, device: 'eth0' },
  { family: 6 as const, device: 'eth0' },
];

const choices = (own: Partial<Choices>): Choices => ({
  name: 'home',
  shape: 'mesh',
  clients: [],
  interface: 'wg0',
  port: 51820,
  range: ['10.9.0.0/24'],
  forwards: 'none',
  ...own,
});

describe('what is free on all machines', () => {
  it('is the next port and interface where somebody has the usual ones', () => {
    const taken = survey([
      machine('a', {
        address: '198.51.100.1/24',
        udp: new Map([[51820, undefined]]),
        wireguard: [{ interface: 'wg0', up: true, ours: false, port: 51820 }],
      }),
      machine('b', { address: '198.51.100.2/24', udp: new Map([[51821, 'coredns']]) }),
    ]);
    expect(freeOnAll(layOut(taken))).toEqual({ port: 51822, interface: 'wg1' });
  });

  it('is what Bridgehead has there already', () => {
    const ours = survey([
      machine('a', {
        address: '198.51.100.1/24',
        udp: new Map([[51820, undefined]]),
        wireguard: [{ interface: 'wg0', up: true, ours: true, port: 51820 }],
      }),
    ]);
    expect(freeOnAll(layOut(ours))).toEqual({ port: 51820, interface: 'wg0' });
  });

  it('is a range that no machine has a route to', () => {
    const found = survey([
      machine('a', { address: '10.86.0.7/24', ranges: ['10.86.0.0/16', '10.87.0.0/16'] }),
    ]);
    const [range = ''] = freeRanges(found, layOut(found));
    for (const seen of ['10.86.0.0/16', '10.87.0.0/16'])
      expect(overlaps(spanOf(range), spanOf(seen))).toBe(false);
  });

  it('has IPv6, too, if all machines have it, the same each time', () => {
    const found = survey([
      machine('a', { address: '198.51.100.1/24', defaults: SIX }),
      machine('b', { address: '198.51.100.2/24', defaults: SIX }),
    ]);
    const ranges = freeRanges(found, layOut(found));
    expect(ranges).toEqual(['10.86.0.0/24', expect.stringMatching(/^fd[\da-f:]+::\/64$/)]);
    expect(freeRanges(found, layOut(found))).toEqual(ranges);
    expect(freeRanges(fourMachines(), layOut(fourMachines()))).toEqual(['10.86.0.0/24']);
  });
});

describe('the inventory', () => {
  it('gives the hub the first address, and its clients those after the machines', () => {
    const draft = designed(
      layOut(vpsAndHome()),
      choices({ shape: 'hub', hub: 'node-a', clients: ['phone', 'tablet'], gateway: 'node-a' }),
    );
    expect(draft.networks[0]?.name).toBe('vpn');
    expect(draft.networks[0]?.members.map(({ node, addresses }) => [node, addresses[0]])).toEqual([
      ['node-a', '10.9.0.1'],
      ['vps', '10.9.0.2'],
    ]);
    expect(draft.networks[0]?.clients?.map(({ addresses }) => addresses[0])).toEqual([
      '10.9.0.3',
      '10.9.0.4',
    ]);
    expect(draft.nodes.map(({ role }) => role)).toEqual(['edge', 'hub']);
  });

  it('advertises only what the network has a family for', () => {
    const home = machine('nas', {
      address: '192.168.1.9/24',
      addresses: [
        { device: 'eth0', address: '192.168.1.9/24', passing: false },
        { device: 'eth0', address: 'fda8::9/64', passing: false },
      ],
    });
    const draft = designed(
      layOut(survey([home])),
      choices({ shape: 'hub', hub: 'nas', gateway: 'nas', clients: ['phone'] }),
    );
    expect(draft.networks[0]?.advertises).toEqual([{ node: 'nas', subnets: ['192.168.1.0/24'] }]);
  });
});
