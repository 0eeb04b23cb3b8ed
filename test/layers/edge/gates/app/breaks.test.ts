import type { Asked, NodeSeen } from '../../../../../src/layers/edge/gates/app/node/node.js';
import type { NameAnswer, Visit } from '../../../../../src/layers/edge/gates/app/visited.js';
import type { AppOptions } from '../../../../../src/layers/edge/inventory/types.js';
import { hybridEdge } from '../../../../fixtures/edge-inventory.js';
import { certificate, healthy, judged, NOW, type World } from './healthy.js';

const inventory = await hybridEdge();
const HOST = 'photos.example.com';
const DAY = 86_400_000;

type Break = (world: World) => World;

const outside =
  (change: (visit: Visit) => Visit): Break =>
  (world) => ({ ...world, outside: { ...world.outside, visits: world.outside.visits.map(change) } });
const names =
  (...answers: readonly NameAnswer[]): Break =>
  (world) => ({
    ...world,
    outside: { ...world.outside, names: [{ host: HOST, app: 'photos', answers }] },
  });
const answering = (status: number, line = ''): Break =>
  outside((visit) => ({ ...visit, answer: { kind: 'http', status, contains: false, line } }));
const asked = (seen: NodeSeen, change: Partial<Asked>): NodeSeen => ({
  ...seen,
  asked: seen.asked.map((one) => ({ ...one, match: false, status: 0, bytes: 0, ...change })),
});
const edge =
  (change: Partial<Asked>, more: Partial<NodeSeen> = {}): Break =>
  (world) => ({
    ...world,
    vps: { ...asked(world.vps, change), lost: new Set(['10.88.0.10', 'fd42:88::10']), ...more },
  });
const home =
  (change: Partial<NodeSeen>): Break =>
  (world) => ({ ...world, home: { ...world.home, ...change } });
const all =
  (...breaks: readonly Break[]): Break =>
  (world) =>
    breaks.reduce((so, one) => one(so), world);

const A: NameAnswer = { family: 4, addresses: ['198.51.100.8'] };
const AAAA: NameAnswer = { family: 6, addresses: ['2001:db8:8::1'] };
const dropped = { outcome: 'dropped', text: 'no answer in 5 s' } as const;
const refused = { outcome: 'refused', text: 'connect ECONNREFUSED' } as const;
const closed = (visit: Visit): Visit => ({
  ...visit,
  answer: { kind: 'failure', reach: { outcome: 'dropped', text: 'no answer in 12 s' } },
});

/** Each break, with what it has as its consequence further on; the first broken hop and its side; what the evidence and the fix name. */
const BREAKS: readonly (readonly [string, Break, string, RegExp, RegExp])[] = [
  [
    'a wrong A',
    all(names({ family: 4, addresses: ['192.0.2.66'] }, AAAA), answering(502)),
    'name (DNS)',
    /photos\.example\.com has A 192\.0\.2\.66/,
    /change it to A 198\.51\.100\.8 .* vps/,
  ],
  [
    'a wrong AAAA',
    names(A, { family: 6, addresses: ['2001:db8:ffff::1'] }),
    'name (DNS)',
    /has AAAA 2001:db8:ffff::1/,
    /AAAA 2001:db8:8::1/,
  ],
  [
    'no name',
    names({ family: 4, addresses: [] }, { family: 6, addresses: [] }),
    'name (DNS)',
    /has no A record/,
    /add A 198\.51\.100\.8/,
  ],
  [
    '443 dropped',
    outside(({ certificate: _, answer: __, ...visit }) => ({ ...visit, front: dropped })),
    'port (edge)',
    /198\.51\.100\.8:443\/tcp is dropped.* although vps listens there/,
    /open 443\/tcp for IPv4 in the firewall of vps/,
  ],
  [
    '80 dropped',
    outside(({ redirect: _, ...visit }) => ({ ...visit, plain: dropped })),
    'port (edge)',
    /198\.51\.100\.8:80\/tcp is dropped/,
    /open 80\/tcp/,
  ],
  [
    'the proxy stopped',
    all(
      outside(({ app, edge: node, family, address, host }) => ({
        app,
        edge: node,
        family,
        address,
        host: host ?? '',
        plain: refused,
        front: refused,
      })),
      (world) => ({ ...world, vps: { ...world.vps, listens: new Set(), proxy: 'inactive' } }),
    ),
    'port (edge)',
    /refuses connections: nothing listens there on vps; the proxy's unit is inactive/,
    /bridgehead apply/,
  ],
  [
    'the default certificate',
    outside((visit) => ({
      ...visit,
      certificate: certificate(HOST, { subject: 'TRAEFIK DEFAULT CERT', covers: false, selfSigned: true }),
    })),
    'certificate (edge)',
    /TRAEFIK DEFAULT CERT/,
    /why the order failed/,
  ],
  [
    'an expired certificate',
    outside((visit) => ({ ...visit, certificate: certificate(HOST, { to: NOW - 3 * DAY }) })),
    'certificate (edge)',
    /expired on 2026-05-29, 3 days ago/,
    /order/,
  ],
  [
    'a certificate for other names',
    outside((visit) => ({
      ...visit,
      certificate: certificate(HOST, { covers: false, names: ['films.example.com'] }),
    })),
    'certificate (edge)',
    /for films\.example\.com, not for photos/,
    /order/,
  ],
  [
    'no route in the proxy',
    answering(404, '404 page not found'),
    'router (edge)',
    /answers 404 \("404 page not found"\), while vps gets the right answer from 10\.88\.0\.10:\d+: it has no route/,
    /writes the route of photos on vps/,
  ],
  [
    'no route in the proxy, and no tunnel behind it',
    all(answering(404, '404 page not found'), edge({ outcome: 'dropped' }), home({ addresses: new Set() })),
    'router (edge)',
    /the proxy answers 404 \("404 page not found"\): it has no route for the name/,
    /writes the route of photos on vps/,
  ],
  [
    'the app without the page',
    all(answering(404, 'no such page'), edge({ outcome: 'answer', status: 404 }), (world) => ({
      ...world,
      home: asked(world.home, { outcome: 'answer', status: 404 }),
    })),
    'app (app)',
    /visitors get 404 \("no such page"\);.*answers 404.* and not 200/,
    /mend the app photos/,
  ],
  [
    'the tunnel down at home',
    all(answering(504), edge({ outcome: 'dropped' }), home({ addresses: new Set() })),
    'tunnel (tunnel)',
    /no answer from 10\.88\.0\.10.* home-1 has no address in mesh/,
    /brings mesh up on home-1/,
  ],
  [
    'the tunnel broken on its way',
    all(
      answering(504),
      edge({ outcome: 'dropped' }, { peers: [{ interface: 'wg0', age: 400, allowed: ['10.88.0.10/32'] }] }),
    ),
    'tunnel (tunnel)',
    /the last handshake was 400 s ago/,
    /handshake/,
  ],
  [
    'no relay rule',
    all(answering(502), edge({ outcome: 'refused' }), home({ rewrites: new Set(['tcp/1']) })),
    'relay (home)',
    /home-1 has no rule that forwards 10\.88\.0\.10 port \d+/,
    /sets up the relay of photos on home-1/,
  ],
  [
    "home's firewall drops",
    all(answering(504), edge({ outcome: 'dropped' }, { pongs: new Set(['10.88.0.10']) })),
    'relay (home)',
    /home-1 drops TCP from vps to 10\.88\.0\.10 port \d+/,
    /allow \d+\/tcp from the overlay addresses of vps in the firewall of home-1/,
  ],
  [
    'the app stopped',
    all(answering(502), edge({ outcome: 'refused' }), (world) => ({
      ...world,
      home: asked(world.home, { outcome: 'refused' }),
    })),
    'app (app)',
    /visitors get 502.*asked from home-1 itself, photos refuses connections at 10\.88\.0\.10:2283/,
    /start the app photos/,
  ],
  [
    'the app hanging',
    all(outside(closed), edge({ outcome: 'silent' }), (world) => ({
      ...world,
      home: asked(world.home, { outcome: 'silent' }),
    })),
    'app (app)',
    /takes connections at 10\.88\.0\.10:2283, and doesn't answer/,
    /start the app/,
  ],
  [
    'the app answering wrongly',
    all(answering(500, 'oops'), edge({ outcome: 'answer', status: 500 }), (world) => ({
      ...world,
      home: asked(world.home, { outcome: 'answer', status: 500 }),
    })),
    'app (app)',
    /visitors get 500 \("oops"\);.*answers 500.* and not 200 with "pong"/,
    /apps\.photos\.expect/,
  ],
  [
    'the proxy without a server',
    answering(503, 'no available server'),
    'router (edge)',
    /answers 503 \("no available server"\).*holds the app for down/,
    /bridgehead apply/,
  ],
];

describe('a chain from the visitor to the app', () => {
  it('is GO when a visitor gets what is expected over both families', () => {
    const { findings, summary } = judged(inventory, 'photos', healthy(inventory, 'photos'));
    expect(findings.map(({ go, node, peer }) => [go, node, peer])).toEqual([
      [true, 'vps', 'home-1'],
      [true, 'home-1', undefined],
    ]);
    expect(findings[0]).toMatchObject({ seen: '200 over IPv4, 200 over IPv6' });
    expect(summary).toBe('1 of 1 app reached, each through each of its edges');
  });

  it.each(BREAKS)('names the first broken hop: %s', (_name, breaking, hop, evidence, fix) => {
    const { findings } = judged(inventory, 'photos', breaking(healthy(inventory, 'photos')));
    const [chain] = findings.filter(({ node }) => node === 'vps');
    expect(chain?.go).toBe(false);
    expect(chain?.seen).toContain(`first broken hop: ${hop}: `);
    expect(chain?.seen.match(/first broken hop/g)).toHaveLength(1);
    expect(chain?.seen).toMatch(evidence);
    expect(chain?.fix).toMatch(fix);
  });

  it('blames nobody behind a broken hop: the node of the app is judged by its own answer', () => {
    const [, breaking] = BREAKS.find(([name]) => name === '443 dropped') ?? [];
    const { findings } = judged(inventory, 'photos', (breaking as Break)(healthy(inventory, 'photos')));
    expect(findings.filter(({ go }) => !go).map(({ node }) => node)).toEqual(['vps']);
  });

  it('blames no app that cannot be asked, since it listens at an address that its node lacks', () => {
    const down = all(answering(504), edge({ outcome: 'dropped' }), (world) => ({
      ...world,
      home: { ...asked(world.home, { outcome: 'unreachable' }), addresses: new Set() },
    }));
    const { findings } = judged(inventory, 'photos', down(healthy(inventory, 'photos')));
    expect(findings.find(({ node }) => node === 'home-1')).toMatchObject({
      go: false,
      seen: "photos can't be asked: home-1 has no address in mesh",
      fix: 'run `bridgehead apply`, which brings mesh up on home-1',
    });
  });

  it('says which family is broken, and that the other is not', () => {
    const six = outside((visit) => (visit.family === 4 ? visit : { ...visit, front: dropped }));
    const { findings } = judged(inventory, 'photos', six(healthy(inventory, 'photos')));
    expect(findings[0]?.seen).toMatch(/\[2001:db8:8::1\]:443\/tcp is dropped.*; but 200 over IPv4/);
  });

  it('tells a stale resolver from a wrong record', () => {
    const stale = names({ family: 4, addresses: ['192.0.2.66'], authority: ['198.51.100.8'] }, AAAA);
    const { findings } = judged(inventory, 'photos', stale(healthy(inventory, 'photos')));
    expect(findings[0]?.seen).toContain('first broken hop: name (visitor): ');
    expect(findings[0]?.fix).toContain('wait until the old record has expired');
  });

  it('leaves out a family that this machine does not have, and says so', () => {
    const none = outside((visit) =>
      visit.family === 4
        ? visit
        : { ...visit, front: { outcome: 'unmeasured', text: 'this machine has no IPv6' } },
    );
    const { findings } = judged(inventory, 'photos', none(healthy(inventory, 'photos')));
    expect(findings[0]).toMatchObject({
      go: true,
      noted: true,
      seen: '200 over IPv4; IPv6 not measured: this machine has no IPv6',
    });
  });

  it('takes what the proxy answers by order of the inventory for what it is', async () => {
    const off = await hybridEdge({
      photos: { options: { headers: {}, maintenance: true, proxyProtocol: false } },
    });
    const { findings } = judged(off, 'photos', answering(503)(healthy(off, 'photos')));
    expect(findings[0]).toMatchObject({ go: true, noted: true });
    expect(findings[0]?.seen).toContain('under maintenance');
  });

  const auth = { what: 'apps.photos.options.auth', env: 'PHOTOS' };
  const OPTIONS = { headers: {}, maintenance: false, proxyProtocol: false };
  const allow = ['192.0.2.0/24'];
  it.each<readonly [string, Partial<AppOptions>, number, true | RegExp]>([
    ['nothing', {}, 200, true],
    ['a password', { auth }, 401, true],
    [
      'a password',
      { auth },
      200,
      /^first broken hop: router \(edge\): .*200, and does not ask for the password of photos/,
    ],
    ['a password', { auth }, 404, /router \(edge\): .*404.*: it has no route for the name/],
    ['a password', { auth }, 403, /router \(edge\)/],
    ['a password, and a list', { auth, allow }, 403, true],
    ['a password, and a list', { auth, allow }, 200, /does not ask for the password/],
    ['maintenance', { maintenance: true }, 503, true],
    ['maintenance', { maintenance: true }, 200, /200, and does not show that photos is under maintenance/],
    ['maintenance', { maintenance: true }, 401, /does not show that photos is under maintenance/],
    ['a password, and maintenance', { auth, maintenance: true }, 401, true],
    ['a password, and maintenance', { auth, maintenance: true }, 503, /does not ask for the password/],
    ['a list', { allow }, 403, true],
    ['a list', { allow }, 200, true],
  ])('with %s, %j, is judged by the answer %i', async (_what, options, status, wanted) => {
    const set = await hybridEdge({ photos: { options: { ...OPTIONS, ...options } } });
    const answered = outside((visit) => ({
      ...visit,
      answer: { kind: 'http', status, contains: status === 200, line: '' },
    }));
    const [finding] = judged(set, 'photos', answered(healthy(set, 'photos'))).findings;
    if (wanted === true) expect(finding?.go).toBe(true);
    else
      expect({ go: finding?.go, seen: finding?.seen }).toEqual({
        go: false,
        seen: expect.stringMatching(wanted),
      });
  });

  it('notes what could not be tried behind a password', async () => {
    const set = await hybridEdge({ photos: { options: { ...OPTIONS, auth } } });
    const [finding] = judged(set, 'photos', answering(401)(healthy(set, 'photos')), { upload: {} }).findings;
    expect(finding).toMatchObject({ go: true, noted: true });
    expect(finding?.seen).toContain('upload not tried: no answer of the app');
    expect(finding?.expected).toContain('gets 401 of the edge');
  });

  it('judges by the nodes what keeps this machine out', async () => {
    const listed = await hybridEdge({
      photos: { options: { headers: {}, maintenance: false, proxyProtocol: false, allow: ['192.0.2.0/24'] } },
    });
    const away = answering(403)(healthy(listed, 'photos'));
    expect(judged(listed, 'photos', away).findings[0]).toMatchObject({ go: true, noted: true });
    const down = all(edge({ outcome: 'refused' }), (world: World) => ({
      ...world,
      home: asked(world.home, { outcome: 'refused' }),
    }))(away);
    expect(judged(listed, 'photos', down).findings[0]?.seen).toContain('first broken hop: app (app)');
  });

  it('is not GO by a first look that leaves no time for an upload', () => {
    const seen = (patience: number) =>
      judged(inventory, 'photos', healthy(inventory, 'photos'), { upload: {}, patience }).findings[0];
    expect(seen(0)).toMatchObject({ go: false, seen: expect.stringContaining('not tried yet') });
    expect(seen(20)).toMatchObject({ go: true, seen: expect.not.stringContaining('not tried yet') });
  });
});
