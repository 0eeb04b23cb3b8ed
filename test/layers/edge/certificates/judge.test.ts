import { judgeHost, judgeKeyFiles } from '../../../../src/layers/edge/certificates/judge.js';
import { certificateFor, type Stored } from '../../../../src/layers/edge/certificates/stored.js';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-30T00:00:00Z');
const GOOD: Stored = {
  names: ['photos.example.com'],
  issuer: "R11, Let's Encrypt",
  from: NOW - 30 * DAY,
  to: NOW + 60 * DAY,
};
const DEFAULT: Stored = {
  names: ['abc.traefik.default'],
  issuer: 'TRAEFIK DEFAULT CERT',
  from: NOW,
  to: NOW + 365 * DAY,
};
const judge = (changes: object) =>
  judgeHost({
    node: 'vps',
    app: 'photos',
    host: 'photos.example.com',
    served: GOOD,
    isTrying: false,
    stored: [GOOD],
    now: NOW,
    days: 10,
    ...changes,
  });

describe('the certificate of a name', () => {
  it.each([
    ['it is valid', {}, "R11, Let's Encrypt; 60 days left"],
    [
      'what is shown is not known, which is noted',
      { served: 'unknown' },
      "R11, Let's Encrypt; 60 days left; what the proxy shows is not measured: no openssl",
    ],
    [
      'a wildcard stands for it',
      { stored: [{ ...GOOD, names: ['*.example.com'] }], served: { ...GOOD, names: ['*.example.com'] } },
      /60 days/,
    ],
    [
      'it is one for days, and a quarter of its time is left',
      { served: { ...GOOD, from: NOW - DAY, to: NOW + 3 * DAY } },
      /3 days left/,
    ],
  ])('is GO: %s', (_what, changes, seen) => {
    expect(judge(changes)).toMatchObject({ go: true });
    expect(judge(changes).seen).toMatch(seen);
  });

  it.each([
    ['none', { stored: [], served: 'none' }, 'there is none'],
    ['a proxy that shows none', { served: 'none' }, 'the proxy has one, and shows none at port 443 of vps'],
    [
      'one for trials, of an edge with an authority that browsers trust',
      { served: { ...GOOD, issuer: '(STAGING) R11' } },
      '(STAGING) R11; 60 days left: browsers do not trust it',
    ],
    [
      'none, and the proxy makes one up',
      { stored: [], served: DEFAULT },
      'there is none; the proxy shows TRAEFIK DEFAULT CERT',
    ],
    ['one that is not shown', { served: DEFAULT }, 'the proxy has one, and shows TRAEFIK DEFAULT CERT'],
    [
      'of another name',
      { served: { ...GOOD, names: ['other.example.com'] } },
      'the proxy shows one for other.example.com',
    ],
    ['expired', { served: { ...GOOD, to: NOW - DAY } }, "R11, Let's Encrypt; expired on 2026-11-29"],
    ['not renewed', { served: { ...GOOD, to: NOW + 9 * DAY } }, "R11, Let's Encrypt; 9 days left"],
    [
      'a clock that is wrong',
      { served: { ...GOOD, from: NOW + DAY } },
      'not valid before 2026-12-01, and it is 2026-11-30 on vps',
    ],
  ])('is STOP: %s', (_what, changes, seen) => {
    expect(judge(changes)).toMatchObject({ go: false, seen, fix: expect.stringMatching(/./) });
  });

  it('is noted if it is one for trials', () => {
    const served = { ...GOOD, issuer: "(STAGING) Wannabe Watercress R11, (STAGING) Let's Encrypt" };
    expect(judge({ served, isTrying: true })).toMatchObject({
      go: true,
      noted: true,
      fix: expect.stringContaining('staging'),
    });
  });
});

it('is the one that is valid longest', () => {
  const longer = { ...GOOD, to: GOOD.to + DAY };
  expect(certificateFor('photos.example.com', [GOOD, longer, DEFAULT])).toBe(longer);
  expect(certificateFor('a.b.example.com', [{ ...GOOD, names: ['*.example.com'] }])).toBeUndefined();
  expect(certificateFor('*.example.com', [{ ...GOOD, names: ['*.example.com'] }])).toBeDefined();
});

it('stops for keys that others can read', () => {
  const wanted = '600 bridgehead-proxy';
  expect(judgeKeyFiles('vps', [{ mode: wanted, path: '/a' }], wanted)).toEqual([]);
  expect(judgeKeyFiles('vps', [{ mode: 'link bridgehead-proxy', path: '/a' }], wanted)).toMatchObject([
    { go: false, seen: 'a link, or a file with another name', fix: expect.stringContaining('revoked') },
  ]);
  expect(judgeKeyFiles('vps', [{ mode: '644 bridgehead-proxy', path: '/a' }], wanted)).toMatchObject([
    { go: false, seen: '644 bridgehead-proxy' },
  ]);
});
