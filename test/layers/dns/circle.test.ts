import { circleQuestions, judgeCircles } from '../../../src/layers/dns/gates/asking/circle.js';
import { keyOf, type Reply, type Seen } from '../../../src/layers/dns/gates/asking/seen.js';
import { markText } from '../../../src/layers/dns/resolver/resolver.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { NO_FACTS } from '../../support/step-context.js';
import { INVENTORY, withDns } from './fixture.js';

const contextOf = (inventory: Inventory) => ({
  params: {},
  inventory,
  networks: [],
  measured: ['home-1'],
  patience: 1,
  token: 'T0k-en',
  facts: NO_FACTS,
});
const OURS: Reply = { kind: 'answer', code: 0, data: [markText('split', 'lan')] };
const NO_NAME: Reply = { kind: 'answer', code: 3, data: [] };
const LOST: Reply = { kind: 'lost', reason: 'timeout' };
const FAILED: Reply = { kind: 'answer', code: 2, data: [] };

/** What is found if these are the replies about the mark, a name below the zone, and one elsewhere. */
function judged(inventory: Inventory, replies: readonly (readonly [Reply, Reply, Reply])[], node = 'home-1') {
  const asked = circleQuestions(contextOf(inventory), node);
  const seen: Seen = {
    perl: true,
    resolver: { address: '127.0.0.53', behind: ['192.168.1.1'] },
    replies: new Map(asked.map((one, i) => [keyOf(one), replies.flat()[i] ?? LOST])),
    tcp: new Map(),
  };
  return judgeCircles(contextOf(inventory), node, seen);
}
const BY_ROUTER = withDns({ upstream: ['192.168.1.1'] });

it('asks those who are asked for all other names', () => {
  const texts = (inventory: Inventory, node = 'home-1') =>
    circleQuestions(contextOf(inventory), node).map(
      ({ server, name, type }) => `${server ?? '-'} ${name} ${type}`,
    );
  expect(texts(withDns({ upstream: ['192.168.1.1', '9.9.9.9'] })).slice(2, 5)).toEqual([
    '192.168.1.1 bridgehead-t0ken.arpa A',
    '9.9.9.9 _bridgehead.home.example.com TXT',
    '9.9.9.9 bridgehead-t0ken.home.example.com A',
  ]);
  expect(texts(INVENTORY)[0]).toBe('- _bridgehead.home.example.com TXT');
  expect(texts(INVENTORY, 'box')).toEqual([]);
  expect(texts(withDns({ resolver: 'unbound' }))).toEqual([]);
});

it.each([LOST, FAILED])('names a circle in which no other name is answered: %j', (reply) => {
  expect(judged(BY_ROUTER, [[OURS, reply, reply]])).toMatchObject([
    {
      node: 'home-1',
      go: false,
      seen: expect.stringMatching(
        /^192\.168\.1\.1, which it asks, asks home-1 in turn: other names go round in a circle; bridgehead-t0ken\.arpa gets (no answer|an error \(code 2\))$/,
      ),
      fix: expect.stringContaining('into dns.upstream'),
    },
  ]);
  expect(judged(INVENTORY, [[OURS, reply, reply]])[0]?.seen).toMatch(
    /^127\.0\.0\.53 \(systemd-resolved, which asks 192\.168\.1\.1\), which it asks, asks home-1 in turn: /,
  );
});

it('notes one of the names of the zone', () => {
  expect(judged(BY_ROUTER, [[OURS, LOST, NO_NAME]])).toMatchObject([
    {
      go: true,
      noted: true,
      seen: '192.168.1.1, which it asks, asks home-1 in turn for home.example.com: names below it that are not in the inventory go round in a circle; bridgehead-t0ken.home.example.com gets no answer',
    },
  ]);
});

it.each<[string, Reply, Reply, Reply]>([
  ['it asks somebody else', NO_NAME, NO_NAME, NO_NAME],
  ['it asks home-1, and others for what that does not have', OURS, NO_NAME, NO_NAME],
  ['it is not there', LOST, LOST, LOST],
  [
    'another inventory answers',
    { kind: 'answer', code: 0, data: [markText('other', 'lan')] },
    NO_NAME,
    NO_NAME,
  ],
])('finds none if %s', (_, ...replies) => {
  expect(judged(BY_ROUTER, [replies])).toEqual([]);
});

it('finds the one of two that asks back', () => {
  const both = withDns({ upstream: ['9.9.9.9', '192.168.1.1'] });
  expect(
    judged(both, [
      [NO_NAME, NO_NAME, NO_NAME],
      [OURS, LOST, LOST],
    ]).map(({ seen }) => seen),
  ).toEqual([expect.stringContaining('192.168.1.1, which it asks')]);
});
