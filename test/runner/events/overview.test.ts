import { overviewOf } from '../../../src/runner/events/overview.js';
import { isEvent } from '../../../src/runner/shards/report.js';
import { homeMesh } from '../../fixtures/home-mesh-inventory.js';
import { phoneHome } from '../../fixtures/phone-home-inventory.js';
import { stamp } from '../../support/events.js';
import { homeStart } from '../../support/report-events.js';

it('has what a drawing shows of a mesh', () => {
  const { sites, nodes, networks } = overviewOf(homeMesh);
  expect(sites[0]).toEqual({
    name: 'home',
    subnets: ['192.168.15.0/24'],
    publicAddresses: ['203.0.113.10'],
    nat: true,
    forwards: homeMesh.sites[0]?.forwards,
  });
  expect(nodes[0]).toEqual({ name: 'ctb-edge-1', addresses: ['198.51.100.25'] });
  expect(nodes[1]).toEqual({ name: 'ms-1', site: 'home', addresses: ['192.168.15.2'] });
  expect(networks.map(({ name, shape, members }) => [name, shape, members.length])).toEqual([
    ['mesh', 'mesh', 4],
  ]);
});

it('has clients and their hub, and no key, login or password of anybody', async () => {
  const { inventory, network } = await phoneHome();
  const overview = overviewOf(inventory);
  const [client] = overview.networks[0]?.clients ?? [];
  expect(client).toEqual({ name: network.clients[0]?.name, addresses: network.clients[0]?.addresses });
  expect(Object.keys(overview.networks[0]?.hubOf ?? {})).toContain(client?.name);
  expect(JSON.stringify(overview)).not.toMatch(/key|ssh|sudo|password|user/i);
});

it('is part of an event that can be read back', () => {
  const [event] = stamp([homeStart('apply')]);
  expect(isEvent(JSON.parse(JSON.stringify(event)))).toBe(true);
  expect(isEvent({ ...event, overview: { sites: [], nodes: [{}], networks: [] } })).toBe(false);
  expect(isEvent({ ...event, overview: undefined, version: undefined })).toBe(true);
});
