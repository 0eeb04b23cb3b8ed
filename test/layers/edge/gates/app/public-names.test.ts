import { judgeName } from '../../../../../src/layers/edge/gates/app/judge/name.js';
import { isRightAll } from '../../../../../src/layers/edge/gates/app/visit/names.js';
import type { Visit } from '../../../../../src/layers/edge/gates/app/visited.js';
import { publicNames } from '../../../../../src/layers/edge/gates/public-names.js';
import { hybridEdge } from '../../../../fixtures/edge-inventory.js';
import { certificate, contextOf, healthy, type World } from './healthy.js';

const inventory = await hybridEdge({ films: undefined, vault: undefined, start: undefined });
const verdictOn = ({ outside, vps, home }: World) =>
  publicNames.verdict(contextOf(inventory), {
    seen: new Map([
      ['vps', vps],
      ['home-1', home],
    ]),
    unread: [],
    outside,
  });
const visiting = (change: (visit: Visit) => Visit): World => {
  const world = healthy(inventory, 'photos');
  return { ...world, outside: { ...world.outside, visits: world.outside.visits.map(change) } };
};

describe('public-names', () => {
  it('is GO before there is a certificate, and before the app is there', () => {
    const { summary, findings } = verdictOn(
      visiting((visit) => ({
        ...visit,
        certificate: certificate('photos.example.com', { subject: 'TRAEFIK DEFAULT CERT', covers: false }),
        answer: { kind: 'http', status: 502, contains: false, line: '' },
      })),
    );
    expect(findings.map(({ go, node, seen }) => [go, node, seen])).toEqual([
      [true, 'vps', 'open over IPv4 and IPv6'],
      [true, 'home-1', 'no app'],
    ]);
    expect(summary).toBe('the names of 1 of 1 app lead to open ports');
  });

  it('is a STOP for a wrong AAAA, which an authority asks first', () => {
    const world = healthy(inventory, 'photos');
    const [name] = world.outside.names;
    const answers = [
      { family: 4, addresses: ['198.51.100.8'] },
      { family: 6, addresses: ['2001:db8::dead'] },
    ] as const;
    const wrong = { ...world, outside: { ...world.outside, names: name ? [{ ...name, answers }] : [] } };
    expect(verdictOn(wrong).findings[0]).toMatchObject({
      go: false,
      seen: 'names and ports are not ready (DNS): photos.example.com has AAAA 2001:db8::dead',
    });
  });

  it.each<[string, (visit: Visit) => Visit, RegExp]>([
    [
      'port 80 dropped',
      (visit) => ({ ...visit, plain: { outcome: 'dropped', text: 'silence' } }),
      /:80\/tcp is dropped/,
    ],
    [
      'somebody else at port 80',
      (visit) => ({
        ...visit,
        redirect: { kind: 'http', status: 200, contains: false, line: 'Welcome to nginx' },
      }),
      /answers 200 and not a redirect/,
    ],
    [
      'somebody else at port 443',
      (visit) => ({ ...visit, handshake: { outcome: 'error', text: 'wrong version number' } }),
      /does not speak TLS/,
    ],
  ])('is a STOP for %s', (_name, change, seen) => {
    const { findings } = verdictOn(visiting(change));
    expect(findings[0]?.go).toBe(false);
    expect(findings[0]?.seen).toMatch(seen);
  });
});

describe('on a LAN whose resolver has answers of its own', () => {
  const [photos] = inventory.apps;
  if (photos === undefined) throw new Error('no app');
  const six = { family: 6, addresses: [], authority: ['2001:db8:8::1'] } as const;
  const name = (authority: readonly string[]) => ({
    host: 'photos.example.com',
    app: 'photos',
    answers: [{ family: 4, addresses: ['192.168.1.10'], authority } as const, six],
  });

  it('what the zone’s own servers answer counts', () => {
    expect(judgeName(inventory, photos, name(['198.51.100.8']))).toBeUndefined();
    expect(isRightAll(inventory, photos, [name(['198.51.100.8'])])).toBe(true);
  });

  it('a wrong record there is still found', () => {
    expect(judgeName(inventory, photos, name(['198.51.100.9']))?.side).toBe('DNS');
    expect(isRightAll(inventory, photos, [name(['198.51.100.9'])])).toBe(false);
  });
});
