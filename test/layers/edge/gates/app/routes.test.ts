import type { SeenRouter } from '../../../../../src/layers/edge/gates/app/node/routers.js';
import type { App } from '../../../../../src/layers/edge/inventory/types.js';
import type { Inventory } from '../../../../../src/model/inventory.js';
import { hybridEdge } from '../../../../fixtures/edge-inventory.js';
import { healthy, judged } from './healthy.js';

const inventory = await hybridEdge();
const OWN: SeenRouter = {
  kind: 'http',
  priority: 1_000_000,
  name: 'photos-3fa9c1d2',
  rule: 'Host(`photos.example.com`)',
};
const other = (rule: string, priority = 3_000_000, kind: SeenRouter['kind'] = 'http'): SeenRouter => ({
  kind,
  priority,
  name: 'mine',
  rule,
});

/** What the gate finds for photos through vps, whose app answers as it should. */
function found(routers: readonly SeenRouter[] | undefined, changes: Partial<App> = {}) {
  const changed: Inventory = {
    ...inventory,
    apps: inventory.apps.map((app) => (app.name === 'photos' ? { ...app, ...changes } : app)),
  };
  const world = healthy(changed, 'photos');
  const host = changes.hosts?.[0]?.replace('*', 'bridgehead-check');
  const visits = world.outside.visits.map((visit) => ({
    ...visit,
    ...(host !== undefined && {
      host,
      redirect: {
        kind: 'http',
        status: 308,
        location: `https://${host}/`,
        contains: false,
        line: '',
      } as const,
    }),
  }));
  const { findings } = judged(changed, 'photos', {
    ...world,
    outside: { ...world.outside, visits },
    vps: { ...world.vps, ...(routers && { routers }) },
  });
  return findings.find(({ node }) => node === 'vps');
}

it('is GO with our own route, and those of others that are about something else', () => {
  expect(found([OWN])?.go).toBe(true);
  expect(found(undefined)?.go).toBe(true);
  const others = [
    other('Host(`films.example.com`)'),
    other('Host(`photos.example.com`)', 25),
    other('PathPrefix(`/`)', 15),
    other('Host(`photos.example.com`) && PathPrefix(`/mine`)'),
    other('(Host(`films.example.com`) || Host(`music.example.com`)) && Method(`GET`)'),
    other('HostRegexp(`^films\\..*$`)'),
    other('HostSNI(`*`)', 5, 'tcp'),
    other('HostSNI(`films.example.com`)', 5, 'tcp'),
    { ...OWN, name: 'films-3fa9c1d2', rule: 'Host(`films.example.com`)' },
    { ...OWN, name: 'photos-films-3fa9c1d2', rule: 'Host(`f.example.com`)' },
  ];
  expect(found([OWN, ...others])?.go).toBe(true);
});

it.each([
  other('Host(`photos.example.com`)'),
  other('Host(`photos.example.com`)', 1_000_000),
  other('Host(`films.example.com`, `Photos.example.com`)'),
  other('Host("photos.example.com") || PathPrefix(`/mine`)'),
  other('HostRegexp(`^.+\\.example\\.com$`)'),
  other('PathPrefix(`/`)'),
  other('(Host(`films.example.com`) || PathPrefix(`/api`)) && Method(`GET`)'),
  other('!Host(`films.example.com`)'),
  other('Host(`photos.example.com`) && ClientIP(`203.0.113.0/24`)'),
  other('a rule that nobody can read'),
  { ...OWN, name: 'pictures-3fa9c1d2' },
  other('HostSNI(`photos.example.com`)', 29, 'tcp'),
])('is a STOP at the router if another route takes its requests: %j', (router) => {
  const finding = found([OWN, router]);
  expect(finding).toMatchObject({
    go: false,
    seen: expect.stringMatching(
      /^first broken hop: router \(edge\): a route of Traefik on vps that isn't of the inventory (?:takes|may take) photos\.example\.com from photos: (?:mine|pictures-3fa9c1d2), priority \d+, /,
    ),
    fix: expect.stringContaining(`\`grep -rlF '${router.name}' /etc/bridgehead/proxy/apps\``),
  });
  expect(finding?.seen).toContain(router.rule);
});

it('is a STOP if the app has no route, or two', () => {
  expect(found([])?.seen).toContain('router (edge): Traefik on vps has no route of photos');
  expect(found([OWN, { ...OWN, name: 'photos-0123abcd' }])?.seen).toContain(
    'Traefik on vps has 2 routes of photos, photos-3fa9c1d2 and photos-0123abcd: which one gets a request',
  );
  expect(found([OWN, { ...OWN, priority: 1, name: 'photos-3fa9c1d2-wildcards' }])?.go).toBe(true);
});

it('knows that any route comes before that of a wildcard', () => {
  const wildcard = { hosts: ['*.example.com'] };
  const own = { ...OWN, priority: 1 };
  expect(found([own], wildcard)?.go).toBe(true);
  expect(found([own, other('PathPrefix(`/`)', 15)], wildcard)?.seen).toContain(
    'takes bridgehead-check.example.com from photos: mine, priority 15',
  );
  expect(found([own, other('Host(`films.example.com`)', 25)], wildcard)?.go).toBe(true);
});
