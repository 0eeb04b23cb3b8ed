import { parse } from 'yaml';
import type { AppOptions } from '../../../../src/layers/edge/inventory/types.js';
import { traefik } from '../../../../src/layers/edge/proxy/traefik/traefik.js';
import { appOf, routeOf, SETUP } from './routes.js';

const fileOf = (path: string, setup = SETUP): string =>
  traefik
    .services(setup, [])
    .flatMap(({ files }) => files)
    .find((file) => file.path.endsWith(path))?.content ?? '';
const http = (options: Partial<AppOptions>, setup = SETUP, visitors?: string) =>
  parse(traefik.appFile(routeOf(appOf({}, options), visitors), setup).content).http;

describe("traefik: an app's file", () => {
  it('has a router by its names, and a service', () => {
    const { path, content, version } = traefik.appFile(routeOf(appOf()), SETUP);
    expect(path).toBe('/etc/bridgehead/proxy/apps/photos.yml');
    expect(version).toMatch(/^photos-[0-9a-f]{8}$/);
    expect(content).toBe(`# Managed by Bridgehead: edits here are overwritten by the next apply.
http:
  routers:
    ${version}:
      rule: Host(\`photos.example.com\`)
      priority: 1000000
      entryPoints:
        - https
      service: photos
      tls: {}
  services:
    photos:
      loadBalancer:
        servers:
          - url: http://10.88.0.10:27524
`);
  });

  it('is a template of Go that stands for itself', () => {
    const value = '{{ env "SECRET" }} {{{ "}} {{- x -}}';
    const { content } = traefik.appFile(routeOf(appOf({}, { headers: { 'X-A': value } })), SETUP);
    expect(content.replaceAll('{{"{{"}}', '')).not.toContain('{{');
    const config = parse(content.replaceAll('{{"{{"}}', '{{'));
    expect(config.http.middlewares['photos-headers'].headers.customResponseHeaders['X-A']).toBe(value);
  });

  it('never has Traefik order a certificate', () => {
    const app = appOf({ hosts: ['a.example.com', '*.example.org'] });
    expect(traefik.appFile(routeOf(app), SETUP).content).not.toContain('certResolver');
  });

  it.each([
    ['http', 'http', 'Host', 'HostRegexp'],
    ['tls', 'tcp', 'HostSNI', 'HostSNIRegexp'],
  ] as const)(
    'matches its names before, and its wildcards after, those of other apps: %s',
    (kind, key, exact, any) => {
      const routersOf = (...hosts: readonly string[]) => {
        const { content, version = '' } = traefik.appFile(routeOf(appOf({ kind, hosts })), SETUP);
        const routers: Record<string, { rule: string; priority: number }> = parse(content)[key].routers;
        return Object.entries(routers).map(([name, { rule, priority }]) => [
          name.replace(version, 'V'),
          rule,
          priority,
        ]);
      };
      const name = `${exact}(\`a.example.com\`)`;
      const wildcard = `${any}(\`^[^.]+\\.example\\.org$\`)`;
      expect(routersOf('*.example.org', 'a.example.com', 'b.example.com')).toEqual([
        ['V', `${name} || ${exact}(\`b.example.com\`)`, 1_000_000],
        ['V-wildcards', wildcard, 1],
      ]);
      expect(routersOf('*.example.org')).toEqual([['V', wildcard, 1]]);
      expect(routersOf('a.example.com')).toEqual([['V', name, 1_000_000]]);
    },
  );

  it('ranks an order above all apps', () => {
    const order = parse(traefik.orderFile({ app: appOf(), attempt: 1 }, SETUP).content);
    expect(order.http.routers['photos-certificates-1'].priority).toBeGreaterThan(1_000_000);
  });

  it('gets another version with each change', () => {
    const versions = [{}, { hsts: 1 }, { hsts: 2 }].map(
      (options) => traefik.appFile(routeOf(appOf({}, options)), SETUP).version,
    );
    expect(new Set(versions).size).toBe(3);
  });

  it.each<[string, Partial<AppOptions>, object]>([
    ['allow', { allow: ['192.0.2.0/24'] }, { ipAllowList: { sourceRange: ['192.0.2.0/24'] } }],
    [
      'deny',
      { allow: ['192.0.2.0/30'], deny: ['192.0.2.1/32'] },
      { ipAllowList: { sourceRange: ['192.0.2.0/32', '192.0.2.2/31'] } },
    ],
    [
      'rate',
      { rate: { requests: 50, per: 60 } },
      { rateLimit: { average: 50, period: '60s', burst: 50, sourceCriterion: { requestHost: false } } },
    ],
    ['hsts', { hsts: 3600 }, { headers: { stsSeconds: 3600 } }],
    ['headers', { headers: { 'X-A': 'b' } }, { headers: { customResponseHeaders: { 'X-A': 'b' } } }],
  ])('passes requests through %s', (_what, options, middleware) => {
    const { middlewares, routers } = http(options);
    expect(Object.values(middlewares)).toEqual([middleware]);
    expect(Object.values(routers)).toMatchObject([{ middlewares: Object.keys(middlewares) }]);
  });

  it('names the file of visitors, not who they are', () => {
    const { middlewares } = http({}, SETUP, '/etc/bridgehead/proxy/secret/photos-1');
    expect(middlewares).toEqual({
      'photos-basicAuth': {
        basicAuth: { usersFile: '/etc/bridgehead/proxy/secret/photos-1', removeHeader: true },
      },
    });
  });

  it('finds the visitor behind proxies whose word is taken', () => {
    const setup = { ...SETUP, edge: { ...SETUP.edge, trusted: ['203.0.113.0/24'] } };
    expect(http({ allow: ['192.0.2.0/24'] }, setup).middlewares).toEqual({
      'photos-ipAllowList': {
        ipAllowList: { sourceRange: ['192.0.2.0/24'], ipStrategy: { excludedIPs: ['203.0.113.0/24'] } },
      },
    });
  });

  it('leads to the page of ours under maintenance', () => {
    expect(http({ maintenance: true }).services.photos.loadBalancer.servers).toEqual([
      { url: 'http://127.0.0.1:9181' },
    ]);
    const units = traefik.services(SETUP, [appOf({}, { maintenance: true })]).map(({ unit }) => unit);
    expect(units).toEqual(['bridgehead-traefik.service', 'bridgehead-maintenance.service']);
  });

  it('passes TLS through by its name, with a PROXY header if the app reads one', () => {
    const { content } = traefik.appFile(routeOf(appOf({ kind: 'tls' }, { proxyProtocol: true })), SETUP);
    const { tcp } = parse(content);
    expect(Object.values(tcp.routers)).toEqual([
      {
        rule: 'HostSNI(`photos.example.com`)',
        priority: 1_000_000,
        entryPoints: ['https'],
        service: 'photos',
        tls: { passthrough: true },
      },
    ]);
    expect(tcp.serversTransports.photos.proxyProtocol).toEqual({ version: 2 });
    expect(tcp.services.photos.loadBalancer).toEqual({
      servers: [{ address: '10.88.0.10:27524' }],
      serversTransport: 'photos',
    });
  });
});

describe('traefik: an app with a port of its own', () => {
  it.each([
    ['tcp', 'tcp', ':25565/tcp'],
    ['udp', 'udp', ':25565/udp'],
  ] as const)('has a Traefik of its own: %s', (kind, key, address) => {
    const app = appOf({ name: 'game', kind, listen: 25565, hosts: [] });
    const service = traefik.services(SETUP, [app]).at(-1);
    expect(service).toMatchObject({
      unit: 'bridgehead-traefik@game.service',
      ports: [{ protocol: kind, port: 25565 }],
      cuts: 'visitors of game',
    });
    expect(parse(service?.files[0]?.content ?? '').entryPoints.app.address).toBe(address);
    const { path, content } = traefik.appFile(routeOf(app), SETUP);
    expect(path).toBe('/etc/bridgehead/proxy/ports/game/app.yml');
    expect(parse(content)[key].services.game.loadBalancer.servers).toEqual([{ address: '10.88.0.10:27524' }]);
  });

  it('changes nothing that the main unit reads at its start', () => {
    const main = (apps: Parameters<typeof traefik.services>[1]) => traefik.services(SETUP, apps)[0]?.files;
    expect(main([appOf(), appOf({ name: 'game', kind: 'tcp', listen: 1 })])).toEqual(main([]));
  });
});

describe('traefik: what it reads when it starts', () => {
  it('redirects on the entry point, so that the authority gets through, and lets uploads last a day', () => {
    const { entryPoints } = parse(fileOf('traefik.yml'));
    expect(entryPoints.http.http.redirections.entryPoint).toEqual({
      to: 'https',
      scheme: 'https',
      permanent: true,
    });
    expect(entryPoints.https.transport.respondingTimeouts.readTimeout).toBe('86400s');
    const longer = parse(fileOf('traefik.yml', { ...SETUP, longestUpload: 100_000 }));
    expect(longer.entryPoints.https.transport.respondingTimeouts.readTimeout).toBe('100000s');
  });

  it('believes nobody about a visitor unless told to', () => {
    expect(fileOf('traefik.yml')).not.toContain('forwardedHeaders');
    const setup = { ...SETUP, edge: { ...SETUP.edge, trusted: ['203.0.113.0/24'] } };
    expect(parse(fileOf('traefik.yml', setup)).entryPoints.http.forwardedHeaders).toEqual({
      trustedIPs: ['203.0.113.0/24'],
    });
  });

  it.each([
    ['http', { httpChallenge: { entryPoint: 'http' } }],
    ['tls-alpn', { tlsChallenge: {} }],
    ['dns', { dnsChallenge: { provider: 'hetzner' } }],
  ] as const)('orders by challenge %s', (challenge, wanted) => {
    const acme = {
      email: 'me@example.com',
      directory: 'https://a/dir',
      challenge,
      dns: { provider: 'hetzner', env: {} },
    };
    const setup = { ...SETUP, edge: { ...SETUP.edge, acme }, authority: 'PEM' };
    expect(parse(fileOf('traefik.yml', setup)).certificatesResolvers.acme.acme).toEqual({
      email: 'me@example.com',
      caServer: 'https://a/dir',
      caCertificates: ['/etc/bridgehead/proxy/authority.pem'],
      storage: '/var/lib/bridgehead-traefik/a-dir.json',
      ...wanted,
    });
    expect(fileOf('authority.pem', setup)).toBe('PEM');
  });

  it('may bind to low ports and nothing else', () => {
    const unit = fileOf('bridgehead-traefik.service');
    expect(unit).toContain('\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE\n');
    expect(unit).toContain('\nUser=bridgehead-proxy\n');
    expect(unit).toContain('\nType=notify\n');
  });
});

it('places an order for each name by itself, and again under another number', () => {
  const app = appOf({ hosts: ['a.example.com', '*.example.org'] });
  const { path, content, version } = traefik.orderFile({ app, attempt: 3 }, SETUP);
  expect(path).toBe('/etc/bridgehead/proxy/apps/photos.certificates.yml');
  expect(version).toBe('photos-certificates-3');
  expect(traefik.attemptOf(content)).toBe(3);
  expect(traefik.attemptOf('')).toBe(0);
  expect(parse(content).http.routers['photos-certificates-3'].tls).toEqual({
    certResolver: 'acme',
    domains: [{ main: 'a.example.com' }, { main: '*.example.org' }],
  });
});
