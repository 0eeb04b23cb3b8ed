import { Secret } from '../../../../src/core/secret.js';
import type { App, AppOptions, Edge } from '../../../../src/layers/edge/inventory/types.js';
import type { SeenProxy } from '../../../../src/layers/edge/proxy/read/seen.js';
import { proxyStep } from '../../../../src/layers/edge/steps/proxy.js';
import { RunSecrets } from '../../../../src/layers/pair-secrets.js';
import type { Change } from '../../../../src/layers/step.js';
import { hybridEdge } from '../../../fixtures/edge-inventory.js';
import { appOf } from './routes.js';
import { asWanted, contextOn, fileAt, NOTHING, planned, RUNNING, summaries } from './seen-proxy.js';

const inventory = await hybridEdge();
const context = contextOn(inventory, 'vps');
const wanted = asWanted(context);
const PHOTOS = '/etc/bridgehead/proxy/apps/photos.yml';
const withFiles = (files: readonly (readonly [string, ReturnType<typeof fileAt>])[]) => ({
  ...wanted,
  files: new Map([...wanted.files, ...files]),
});
const without = (path: string) => ({
  ...wanted,
  files: new Map([...wanted.files].filter(([one]) => one !== path)),
});

describe('proxy: on an edge', () => {
  it('sets everything up, and starts the proxy last', () => {
    expect(summaries(context, NOTHING)).toEqual([
      'make the user bridgehead-proxy',
      'write /etc/bridgehead/proxy/inventory',
      'write /etc/bridgehead/proxy/traefik.yml',
      'write /etc/bridgehead/proxy/forget.pl',
      'write /etc/systemd/system/bridgehead-traefik.service',
      'add app photos: photos.example.com -> home-1',
      'add app films: films.example.com -> home-1',
      'add app vault: vault.example.com -> home-1',
      'add app start: start.example.com, www.example.com -> home-1',
      'start bridgehead-traefik.service, now and at boot',
    ]);
  });

  it('changes nothing if all is as wanted', () => {
    expect(planned(context, wanted)).toEqual([]);
  });

  it('leaves the orders of certificates to their own step', () => {
    const path = '/etc/bridgehead/proxy/apps/photos.certificates.yml';
    expect(planned(context, withFiles([[path, fileAt('x')]]))).toEqual([]);
  });

  it('adds, changes and removes an app without a restart', () => {
    for (const seen of [without(PHOTOS), withFiles([[PHOTOS, fileAt('old\n')]])]) {
      expect(planned(context, seen).map(({ disruption }) => disruption)).toEqual([{ level: 'none' }]);
    }
    const gone = '/etc/bridgehead/proxy/apps/gone.yml';
    const [removal, ...rest] = planned(context, withFiles([[gone, fileAt('x')]]));
    expect(rest).toEqual([]);
    expect(removal).toMatchObject({ summary: `remove ${gone}`, disruption: { level: 'none' } });
    expect(removal?.script).not.toContain('restart');
  });

  it('mends a mode', () => {
    const text = wanted.files.get(PHOTOS)?.content ?? '';
    expect(summaries(context, withFiles([[PHOTOS, fileAt(text, '666 root:root')]]))).toHaveLength(1);
  });

  it('loads an app that is not served, whatever its file says', () => {
    const served = new Set([...(wanted.served ?? [])].filter((version) => !version.startsWith('photos')));
    expect(summaries(context, { ...wanted, served })).toEqual(['load app photos: traefik does not serve it']);
  });

  it.each([
    [
      'a file is newer',
      {
        files: new Map([
          ...wanted.files,
          [
            '/etc/bridgehead/proxy/traefik.yml',
            { ...fileAt(''), ...wanted.files.get('/etc/bridgehead/proxy/traefik.yml'), modified: 3000 },
          ],
        ]),
      },
      '/etc/bridgehead/proxy/traefik.yml is newer',
    ],
    [
      'the program was replaced',
      { outdated: new Set(['bridgehead-traefik.service']) },
      'its program has been replaced',
    ],
  ])('restarts, and says whom that cuts, if %s', (_what, changes, why) => {
    expect(planned(context, { ...wanted, ...changes })).toMatchObject([
      {
        summary: `restart bridgehead-traefik.service: ${why}`,
        disruption: { level: 'brief', detail: 'restarts bridgehead-traefik.service: cuts all visitors' },
      },
    ]);
  });

  it('is enabled, and started if it has stopped', () => {
    const units = (changes: Partial<typeof RUNNING>) =>
      new Map([['bridgehead-traefik.service', { ...RUNNING, ...changes }]]);
    expect(summaries(context, { ...wanted, units: units({ fileState: 'disabled' }) })).toEqual([
      'enable bridgehead-traefik.service',
    ]);
    expect(summaries(context, { ...wanted, units: units({ active: false }), served: undefined })).toEqual([
      'start bridgehead-traefik.service, now and at boot',
    ]);
  });

  it('gives an app with a port of its own a unit of its own, and takes it away', async () => {
    const game = appOf({ name: 'game', kind: 'tcp', listen: 25565, hosts: [], network: 'mesh' });
    const more = contextOn({ ...inventory, apps: [...inventory.apps, game] }, 'vps');
    expect(summaries(more, wanted)).toEqual([
      'write /etc/bridgehead/proxy/ports/game/traefik.yml',
      'write /etc/systemd/system/bridgehead-traefik@.service',
      'add app game: 25565/tcp -> home-1',
      'start bridgehead-traefik@game.service, now and at boot',
    ]);
    const changes = planned(context, asWanted(more));
    expect(changes.map(({ disruption }) => disruption.detail)).toEqual([
      'stops bridgehead-traefik@game.service',
      undefined,
    ]);
    expect(changes[1]?.summary).toContain('/ports/game/app.yml');
  });

  it('moves to another proxy: the ports are free before it starts', () => {
    const edges = inventory.edges.map((edge) => ({ ...edge, proxy: 'caddy' as const }));
    const apps = inventory.apps.map((app) => ({
      ...app,
      options: { headers: {}, maintenance: false, proxyProtocol: false },
    }));
    const all = summaries(contextOn({ ...inventory, edges, apps }, 'vps'), wanted);
    const at = (start: string) => all.findIndex((summary) => summary.startsWith(start));
    expect(at('stop bridgehead-traefik.service')).toBeGreaterThan(0);
    expect(at('start bridgehead-caddy.service')).toBeGreaterThan(at('stop bridgehead-traefik.service'));
    expect(all.at(-1)).toContain('traefik.yml');
  });
});

describe('proxy: who is let in', () => {
  const auth = { what: 'apps.photos.options.auth', env: 'PHOTOS' };
  const [photos] = inventory.apps;
  const apps = inventory.apps.map((app) =>
    app === photos ? { ...app, options: { ...app.options, auth } } : app,
  );
  const knowing = (password: string) => {
    const secrets = new RunSecrets();
    secrets.keep(auth, new Secret(`me:${password}`));
    return contextOn({ ...inventory, apps }, 'vps', { secrets });
  };

  const shownOf = (changes: readonly Change[]): string =>
    changes.map(({ script, ...shown }) => JSON.stringify(shown)).join();

  it('shows nothing by which a password could be tried without what only the node has', () => {
    const salts = ['a salt', 'another'].map((salt) => ({ ...wanted, salt: new Secret(salt) }));
    const [one, other] = salts.map((seen) => planned(knowing('hunter2'), seen));
    expect(shownOf(one ?? [])).not.toBe(shownOf(other ?? []));
  });

  it.each(['traefik', 'caddy'] as const)('writes the file anew for %s, whose format is another', (to) => {
    const at = (proxy: 'traefik' | 'caddy') => {
      const edges = inventory.edges.map((edge) => ({ ...edge, proxy }));
      const { secrets } = knowing('hunter2');
      return contextOn({ ...inventory, edges, apps: [appOf({}, { auth })] }, 'vps', { secrets });
    };
    const from = to === 'caddy' ? 'traefik' : 'caddy';
    const changes = planned(at(to), asWanted(at(from)));
    const [file] = changes.filter(({ summary }) => summary.startsWith('write who is let in'));
    expect(file?.creates?.path).toMatch(new RegExp(`/secret/photos\\.${to}-[0-9a-f]{10}$`));
    expect(changes.at(-1)?.summary).toMatch(new RegExp(`/secret/photos\\.${from}-[0-9a-f]{10}`));
  });

  it('asks for the secret', () => {
    expect(proxyStep.wantedReferences?.(knowing('x'), wanted)).toEqual([auth]);
  });

  it('writes a file that no plan shows, and names another one for another password', () => {
    const one = planned(knowing('hunter2'), wanted);
    expect(one.map(({ summary }) => summary)).toEqual([
      'write /etc/bridgehead/proxy/secret/salt (its content is not shown)',
      'write who is let in to photos (its content is not shown)',
      'change app photos: photos.example.com -> home-1',
    ]);
    const shown = shownOf(one);
    expect(shown).not.toContain('hunter2');
    expect(shown).not.toContain('a salt');
    expect(shownOf(planned(knowing('hunter3'), wanted))).not.toBe(shown);
    expect(planned(knowing('hunter2'), asWanted(knowing('hunter2')))).toEqual([]);
  });

  it('never serves the app without it', () => {
    const unknown = contextOn({ ...inventory, apps }, 'vps');
    const [change] = planned(unknown, without(PHOTOS));
    expect(change?.summary).toBe('add app photos: its password is not known');
    expect(planned(unknown, asWanted(knowing('hunter2')))).toEqual([]);
  });
});

describe('proxy: what was set and is not any more', () => {
  const ref = { what: 'x', env: 'X' };
  const secrets = new RunSecrets();
  secrets.keep(ref, new Secret('me:secret'));
  const [photos] = inventory.apps;
  const [edge] = inventory.edges;
  if (photos === undefined || edge?.acme === undefined) throw new Error('no app, or no authority');
  const { acme } = edge;
  const on = (changes: Partial<Edge>, options: Partial<AppOptions> = {}, app: Partial<App> = {}) => {
    const apps = [appOf(app, options)];
    return contextOn({ ...inventory, edges: [{ ...edge, ...changes }], apps }, 'vps', { secrets });
  };
  const filesAfter = (seen: SeenProxy, changes: readonly Change[]): ReadonlySet<string> => {
    const removed = changes.flatMap(({ summary, touches }) =>
      summary.startsWith('remove ') ? (touches?.files ?? []) : [],
    );
    return new Set([...seen.files.keys()].filter((path) => !removed.includes(path)));
  };

  it.each<[string, ReturnType<typeof on>]>([
    [
      'a secret of the DNS challenge',
      on({ acme: { ...acme, challenge: 'dns', dns: { provider: 'x', env: { X: ref } } } }),
    ],
    ['a DNS challenge', on({ acme: { ...acme, challenge: 'dns', dns: { provider: 'x', env: {} } } })],
    ['trusted', on({ trusted: ['192.0.2.0/24'] })],
    ['auth', on({}, { auth: ref })],
    ['maintenance', on({}, { maintenance: true })],
    ['headers', on({}, { headers: { 'X-A': 'b' }, hsts: 60 })],
    ['allow', on({}, { allow: ['192.0.2.0/24'] })],
    ['upload', on({}, { upload: 100_000 })],
    ['a port', on({}, {}, { kind: 'tcp', listen: 25565 })],
    ['caddy', on({ proxy: 'caddy' })],
  ])('leaves nothing behind: %s', (_what, before) => {
    const seen = asWanted(before);
    expect(planned(before, seen)).toEqual([]);
    const after = on({});
    const clean = asWanted(after);
    expect(planned(after, clean)).toEqual([]);
    const changes = planned(after, seen);
    expect([...filesAfter(seen, changes)].filter((path) => !clean.files.has(path))).toEqual([]);
    const written = new Set(changes.flatMap(({ touches }) => touches?.files ?? []));
    for (const [path, { content }] of clean.files)
      if (seen.files.get(path)?.content !== content) expect(written).toContain(path);
  });

  it('restarts the proxy without the secret, before the file goes', () => {
    const before = on({ acme: { ...acme, challenge: 'dns', dns: { provider: 'x', env: { X: ref } } } });
    const all = summaries(
      on({ acme: { ...acme, challenge: 'dns', dns: { provider: 'x', env: {} } } }),
      asWanted(before),
    );
    expect(all).toEqual([
      'write /etc/systemd/system/bridgehead-traefik.service',
      'restart bridgehead-traefik.service: /etc/systemd/system/bridgehead-traefik.service is newer',
      'remove /etc/bridgehead/proxy/secret/dns.env',
    ]);
  });

  it('keeps the secret as long as it is not read', () => {
    const before = on({ acme: { ...acme, challenge: 'dns', dns: { provider: 'x', env: { X: ref } } } });
    expect(planned({ ...before, secrets: new RunSecrets() }, asWanted(before))).toEqual([]);
  });
});

describe('proxy: what it refuses', () => {
  const refuse = (seen: Partial<typeof wanted>) =>
    proxyStep.refuse?.(context, { ...wanted, ...seen }, { get: () => undefined });
  const holder = { protocol: 'tcp', port: 80, pid: '812', program: 'nginx' } as const;

  it.each([
    [
      { ...holder, unit: 'nginx.service' },
      'held by nginx (pid 812) of nginx.service',
      'stop nginx.service on vps',
    ],
    [holder, 'held by nginx (pid 812)', 'stop nginx on vps'],
  ])('a port that somebody else has', (one, message, fix) => {
    expect(refuse({ holders: [one, { ...one }] })).toEqual([
      {
        code: 'E_NOT_OURS',
        message: expect.stringContaining(`port 80/tcp of vps, which the proxy needs, is ${message}`),
        fix: expect.stringContaining(fix),
      },
    ]);
  });

  it('an edge of another inventory, and not its own ports', () => {
    expect(refuse({ holders: [{ ...holder, unit: 'bridgehead-traefik.service' }] })).toEqual([]);
    const files = new Map([['/etc/bridgehead/proxy/inventory', fileAt('other\n')]]);
    expect(refuse({ files })).toMatchObject([
      { code: 'E_NOT_OURS', message: 'vps is an edge of inventory other' },
    ]);
  });
});

describe('proxy: on a node that is no edge any more', () => {
  const former = contextOn({ ...inventory, edges: [], apps: [] }, 'vps');

  it('removes all of it, and keeps the certificates', () => {
    expect(summaries(former, wanted)).toEqual([
      'stop bridgehead-traefik.service, now and at boot',
      'move the certificates to /var/lib/bridgehead-retired: vps is no longer an edge',
      'remove /etc/bridgehead/proxy, the units and the user bridgehead-proxy',
    ]);
    expect(planned(former, NOTHING)).toEqual([]);
  });

  it("leaves another inventory's alone", () => {
    const files = new Map([...wanted.files, ['/etc/bridgehead/proxy/inventory', fileAt('other\n')] as const]);
    expect(planned(former, { ...wanted, files })).toEqual([]);
  });
});
