import type { AppParams } from '../../../../../src/layers/edge/gates/app/chains.js';
import type { Reach, Visit } from '../../../../../src/layers/edge/gates/app/visited.js';
import { app as gate } from '../../../../../src/layers/edge/gates/app.js';
import { publicNames } from '../../../../../src/layers/edge/gates/public-names.js';
import type { GateContext, Verdict } from '../../../../../src/layers/gate.js';
import { hybridEdge } from '../../../../fixtures/edge-inventory.js';
import { contextOf, healthy, judged, type World } from './healthy.js';

const inventory = await hybridEdge();
const DROPPED: Reach = { outcome: 'dropped', text: 'no answer' };
const TIMEOUT: Visit['answer'] = { kind: 'http', status: 504, contains: false, line: 'Gateway Timeout' };
const PHOTOS = 'app photos: photos.example.com through vps gets 200 of the app';
const AT = '[photos.example.com at 198.51.100.8:443 (IPv4)]';

function without(away: string): GateContext<AppParams> {
  const counts = (...ends: readonly string[]): boolean => !ends.includes(away);
  return { ...contextOf(inventory), params: { apps: ['photos'] }, absent: [away], counts };
}

function verdictWithout(away: string, { outside, vps, home }: World): Verdict {
  const nodes = [
    ['vps', vps],
    ['home-1', home],
  ] as const;
  const seen = new Map(nodes.filter(([node]) => node !== away));
  return gate.verdict(without(away), { seen, unread: [], outside });
}

const visited = (world: World, change: Partial<Visit>): World => ({
  ...world,
  outside: { ...world.outside, visits: world.outside.visits.map((visit) => ({ ...visit, ...change })) },
});

it('names the tunnel to a node that is off, whenever it last shook hands', () => {
  const world = visited(healthy(inventory, 'photos'), { answer: TIMEOUT });
  const asked = world.vps.asked.map((one) => ({ ...one, outcome: 'dropped' as const, match: false }));
  const { findings, summary } = verdictWithout('home-1', { ...world, vps: { ...world.vps, asked } });
  expect(findings).toEqual([
    {
      node: 'vps',
      expected: PHOTOS,
      go: true,
      noted: true,
      seen: `home-1 was left out; first broken hop: tunnel (tunnel): visitors get 504 ("Gateway Timeout"); no answer from 10.88.0.10, fd42:88::10 over mesh to pings of vps; the last handshake was 40 s ago; home-1 can't be logged into either ${AT}`,
      fix: 'check that home-1 is up and online',
    },
  ]);
  expect(summary).toBe('0 of 1 app reached, each through each of its edges');
});

it('names an edge that is off, and asks the app at home all the same', () => {
  const world = visited(healthy(inventory, 'photos'), { plain: DROPPED, front: DROPPED });
  const { findings } = verdictWithout('vps', world);
  expect(findings).toEqual([
    {
      node: 'home-1',
      expected: PHOTOS,
      go: true,
      noted: true,
      seen: `vps was left out; first broken hop: port (edge): 198.51.100.8:80/tcp does not answer, and vps can't be logged into either ${AT}`,
      fix: 'check that vps is up and online',
    },
    expect.objectContaining({ node: 'home-1', go: true, expected: 'app photos answers on home-1 itself' }),
  ]);
});

it('shows that visitors reach an app on a node that only a login does not reach', () => {
  const { findings, summary } = verdictWithout('home-1', healthy(inventory, 'photos'));
  expect(findings).toMatchObject([
    {
      go: true,
      noted: true,
      seen: 'home-1 was left out; 200 over IPv4, 200 over IPv6',
      fix: "check why home-1 can't be logged into",
    },
  ]);
  expect(summary).toBe('1 of 1 app reached, each through each of its edges');
});

it('names the machine behind the node, if that is off', () => {
  const world = visited(healthy(inventory, 'films'), { answer: TIMEOUT });
  const silent = (seen: World['vps']): World['vps'] => ({
    ...seen,
    asked: seen.asked.map((one) => ({ ...one, outcome: 'dropped', match: false })),
  });
  const vps = { ...silent(world.vps), pongs: new Set(['10.88.0.10']) };
  const [finding] = judged(inventory, 'films', { ...world, vps, home: silent(world.home) }).findings;
  expect(finding?.go).toBe(false);
  expect(finding?.seen).toContain('films does not answer at 192.168.1.20:8096');
  expect(finding?.fix).toBe(
    'check that 192.168.1.20 is up, and that home-1 reaches it; or, if it listens elsewhere, correct apps.films.to',
  );
});

it('proves names and ports before certificates are ordered, whichever node behind the edge is off', () => {
  const world = healthy(inventory, 'photos');
  const seen = new Map([['vps', world.vps]]);
  const verdict = publicNames.verdict(without('home-1'), { seen, unread: [], outside: world.outside });
  expect(verdict.findings.map(({ node, expected }) => [node, expected])).toEqual(
    inventory.apps.map(({ hosts }) => ['vps', `${hosts.join(', ')} leads to ports 80 and 443 of vps`]),
  );
});
