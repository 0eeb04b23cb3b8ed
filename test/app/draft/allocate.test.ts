import fc from 'fast-check';
import {
  freePort,
  freeRange,
  lowestAddresses,
  rangesOf,
  withMembers,
} from '../../../src/app/draft/allocate.js';
import { overlaps, spanOf } from '../../../src/model/address.js';
import { parseRange } from '../../../src/model/parse-address.js';

describe('a free range', () => {
  it.each([
    [[], '10.86.0.0/24'],
    [['10.86.0.77'], '10.86.1.0/24'],
    [['10.86.0.0/15'], '10.88.0.0/24'],
    [['10.0.0.0/8'], '192.168.0.0/24'],
    [['10.0.0.0/8', '192.168.0.0/23'], '192.168.2.0/24'],
  ])('next to %j is %s', (taken, range) => {
    expect(freeRange(taken)).toBe(range);
  });

  it('overlaps nothing that is taken', () => {
    const byte = fc.integer({ min: 80, max: 120 });
    const range = fc.tuple(byte, fc.constantFrom(12, 16, 24)).map(([b, length]) => {
      return length === 12 ? `10.${b & 240}.0.0/12` : `10.${b}.0.0/${length}`;
    });
    fc.assert(
      fc.property(fc.array(range), (taken) => {
        const free = freeRange(taken);
        expect(taken.filter((one) => overlaps(spanOf(one), spanOf(free)))).toEqual([]);
      }),
    );
  });

  it('of IPv6 has a random global ID in canonical form', () => {
    const range = freeRange([], 6, () => Uint8Array.of(0x01, 0x00, 0x0a, 0xbc, 0xde));
    expect(range).toBe('fd01:a:bcde::/64');
    expect(parseRange(range)).toEqual({ ok: true, text: range });
    expect(parseRange(freeRange([], 6))).toMatchObject({ ok: true });
  });

  it('of IPv6 is drawn again if it is taken', () => {
    const drawn = [1, 2].map((last) => Uint8Array.of(0, 0, 0, 1, last));
    expect(freeRange(['fd00:0:101::/48'], 6, () => drawn.shift() ?? new Uint8Array(5))).toBe(
      'fd00:0:102::/64',
    );
  });

  it('is refused if there is none', () => {
    expect(() => freeRange(['10.0.0.0/8', '192.168.0.0/16'])).toThrow('no free IPv4 range');
  });
});

describe('free addresses', () => {
  const network = {
    name: 'mesh',
    ranges: ['10.86.0.0/24', 'fd00:86::/64'],
    members: [{ node: 'a', addresses: ['10.86.0.1', 'fd00:86::1'] }],
    clients: [{ name: 'phone', addresses: ['10.86.0.2'] }],
  };

  it('are the lowest, with one number in both families', () => {
    expect(lowestAddresses(network)).toEqual(['10.86.0.3', 'fd00:86::3']);
  });

  it('go to new members one after the other', () => {
    const { members } = withMembers({ ...network, ranges: ['10.86.0.0/24'] }, ['b', 'c']);
    expect(members.slice(1)).toEqual([
      { node: 'b', addresses: ['10.86.0.3'] },
      { node: 'c', addresses: ['10.86.0.4'] },
    ]);
  });

  it('are refused if the range is full', () => {
    const full = {
      ranges: ['10.86.0.0/31'],
      members: [{ node: 'a', addresses: ['10.86.0.0', '10.86.0.1'] }],
    };
    expect(() => lowestAddresses(full)).toThrow('10.86.0.0/31 is full');
  });
});

it('the ranges of a draft are all that it speaks of', () => {
  expect(
    rangesOf({
      name: 'x',
      sites: [{ name: 'home', subnets: ['192.168.1.0/24'], publicAddresses: ['203.0.113.1'] }],
      nodes: [{ name: 'a', publicAddresses: ['198.51.100.1'], lanAddresses: ['192.168.1.2'] }],
      networks: [
        {
          name: 'mesh',
          ranges: ['10.86.0.0/24'],
          members: [],
          advertises: [{ node: 'a', subnets: ['192.168.2.0/24'] }],
        },
      ],
    }),
  ).toEqual([
    '192.168.1.0/24',
    '203.0.113.1',
    '198.51.100.1',
    '192.168.1.2',
    '10.86.0.0/24',
    '192.168.2.0/24',
  ]);
});

it('a free port is the first from 51820 on', () => {
  expect(freePort([])).toBe(51820);
  expect(freePort([51821, 51820])).toBe(51822);
  expect(() => freePort([65535], 65535)).toThrow('no free port from 65535 on');
});
