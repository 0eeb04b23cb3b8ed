import { planLab } from '../../../src/lab/topology/lab.js';
import { edgeInLab } from '../../../src/layers/edge/lab.js';
import { hybridEdge } from '../../fixtures/edge-inventory.js';

it('has the apps names lead to their edges, whose authorities are the lab’s', async () => {
  const { names = [], authorities } = edgeInLab(await hybridEdge());
  const addresses = ['198.51.100.8', '2001:db8:8::1'];
  expect(names).toContainEqual({ name: 'photos.example.com', addresses });
  expect(names).toContainEqual({ name: 'www.example.com', addresses });
  expect(names).toHaveLength(5);
  expect(authorities).toEqual(['https://acme-v02.api.letsencrypt.org/directory']);
});

it('has something answer where each app is, as its proof wants', async () => {
  const { apps = [] } = edgeInLab(await hybridEdge());
  expect(apps.map(({ name, node, address, port, page }) => [name, node, address, port, page?.path])).toEqual([
    ['photos', 'home-1', undefined, 2283, '/api/server/ping'],
    ['films', 'nas', undefined, 8096, '/health'],
    ['vault', 'home-1', '127.0.0.1', 8000, '/alive'],
    ['start', 'home-1', undefined, 3000, '/'],
  ]);
  expect(apps[0]?.page).toEqual({ path: '/api/server/ping', status: 200, text: 'pong' });
});

it('has nothing answer for an app whose TLS ends at home, or at an address that no node has', async () => {
  const inventory = await hybridEdge({
    photos: { kind: 'tls' },
    films: { to: { node: 'home-1', address: '10.43.126.136', port: 80 } },
    vault: { kind: 'udp' },
    start: undefined,
  });
  expect(edgeInLab(inventory).apps).toEqual([
    { name: 'vault', node: 'home-1', address: '127.0.0.1', protocol: 'udp', port: 8000 },
  ]);
});

it('is built into the machines', async () => {
  const plan = planLab(await hybridEdge());
  const units = plan.machines.flatMap(({ node, files }) =>
    files.flatMap(({ path }) => {
      const app = /system\/bridgehead-lab-app-(.+)\.service$/.exec(path)?.[1];
      return app === undefined ? [] : [`${node}: ${app}`];
    }),
  );
  expect(units).toEqual(['home-1: photos', 'home-1: vault', 'home-1: start', 'nas: films']);
  expect(plan.internet?.authority?.standsFor).toEqual(['acme-v02.api.letsencrypt.org']);
});
