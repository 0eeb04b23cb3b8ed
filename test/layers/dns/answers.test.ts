import { publicRecords } from '../../../src/layers/dns/public-records.js';
import { routerSettings } from '../../../src/layers/dns/router-settings.js';
import { answered, INVENTORY, LAN, MESH, withDns } from './fixture.js';

describe('what names answer inside', () => {
  it('is the nearest address of nodes and edges, on the LAN', () => {
    expect(answered(LAN)).toEqual({
      'vps.home.example.com': '198.51.100.8 2001:db8:8::1',
      'box.home.example.com': '192.168.1.5 fd42:1::5',
      'home-1.home.example.com': '192.168.1.10 fd42:1::10',
      'barn-1.home.example.com': '10.88.0.20 fd42:88::20',
      'printer.home.example.com': '192.168.1.50',
      '*.dev.home.example.com': '192.168.1.10 fd42:1::10',
      'photos.example.com': '198.51.100.8 2001:db8:8::1',
      'start.example.com': '192.168.1.5 fd42:1::5',
      'www.example.com': '192.168.1.5 fd42:1::5',
    });
  });

  it('is the nearest in a network: the public address of an edge that is no member, also if it is its router’s', () => {
    expect(answered(MESH)).toMatchObject({
      'vps.home.example.com': '10.88.0.1 fd42:88::1',
      'box.home.example.com': '192.168.1.5 fd42:1::5',
      'barn-1.home.example.com': '10.88.0.20 fd42:88::20',
      '*.dev.home.example.com': '10.88.0.10 fd42:88::10',
      'photos.example.com': '10.88.0.1 fd42:88::1',
      'start.example.com': '203.0.113.8 2001:db8:88::8',
    });
  });

  it('of several edges, is those that are nearest', () => {
    const apps = INVENTORY.apps.map((app) => ({ ...app, edges: ['vps', 'box'] }));
    const both = { ...INVENTORY, apps };
    expect(answered(LAN, both)['photos.example.com']).toBe('192.168.1.5 fd42:1::5');
    expect(answered(MESH, both)['photos.example.com']).toBe('10.88.0.1 fd42:88::1');
  });

  it('is what the inventory says for an app, or for all', () => {
    const own = withDns({
      apps: { photos: [{ node: 'barn-1' }, { address: '192.168.1.60' }], start: 'public' },
    });
    expect(answered(LAN, own)).toMatchObject({
      'photos.example.com': '10.88.0.20 192.168.1.60 fd42:88::20',
      'start.example.com': '203.0.113.8 2001:db8:88::8',
    });
    expect(answered(MESH, withDns({ inside: 'public' }))).toMatchObject({
      'photos.example.com': '198.51.100.8 2001:db8:8::1',
    });
  });

  it('is not the names of nodes if they are to have none', () => {
    expect(Object.keys(answered(LAN, withDns({ nodes: false })))).not.toContain('vps.home.example.com');
  });
});

it('publishes each name of the apps for the edges’ families, and nothing else', () => {
  expect(publicRecords(INVENTORY)).toEqual([
    { name: 'photos.example.com', type: 'A', addresses: ['198.51.100.8'], apps: ['photos'] },
    { name: 'photos.example.com', type: 'AAAA', addresses: ['2001:db8:8::1'], apps: ['photos'] },
    { name: 'start.example.com', type: 'A', addresses: ['203.0.113.8'], apps: ['start'] },
    { name: 'start.example.com', type: 'AAAA', addresses: ['2001:db8:88::8'], apps: ['start'] },
    { name: 'www.example.com', type: 'A', addresses: ['203.0.113.8'], apps: ['start'] },
    { name: 'www.example.com', type: 'AAAA', addresses: ['2001:db8:88::8'], apps: ['start'] },
  ]);
});

it('has the router of the site give out its serving node, and let through what leads into the LAN', () => {
  expect(routerSettings(INVENTORY)).toEqual([
    {
      site: 'home',
      servers: ['192.168.1.10', 'fd42:1::10'],
      rebind: ['home.example.com', 'start.example.com', 'www.example.com'],
    },
  ]);
});
