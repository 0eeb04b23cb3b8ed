import fc from 'fast-check';
import {
  fourFirst,
  hostPort,
  hostRoute,
  hostsDownward,
  hostsUpward,
  inRange,
  isReserved,
  networkOf,
  overlaps,
  sameAddress,
  spanOf,
} from '../../src/model/address.js';
import { purposeOf } from '../../src/model/address-purpose.js';
import { parseRange } from '../../src/model/parse-address.js';

describe('addresses', () => {
  it('are written as programs want them', () => {
    expect([hostRoute('10.0.0.1'), hostRoute('fd00::1')]).toEqual(['10.0.0.1/32', 'fd00::1/128']);
    expect([hostPort('10.0.0.1', 5), hostPort('fd00::1', 5)]).toEqual(['10.0.0.1:5', '[fd00::1]:5']);
    expect(fourFirst(['fd00::1', '10.0.0.2', '10.0.0.1'])).toEqual(['10.0.0.2', '10.0.0.1', 'fd00::1']);
  });
});

describe('ranges', () => {
  it('keep their first and last address for themselves, unless they are tiny', () => {
    expect(isReserved(spanOf('10.0.0.0/24'), '10.0.0.0')).toBe('network');
    expect(isReserved(spanOf('10.0.0.0/24'), '10.0.0.255')).toBe('broadcast');
    expect(isReserved(spanOf('10.0.0.0/24'), '10.0.0.1')).toBeUndefined();
    expect(isReserved(spanOf('10.0.0.0/31'), '10.0.0.0')).toBeUndefined();
    expect(isReserved(spanOf('fd00::/64'), 'fd00::ffff:ffff:ffff:ffff')).toBeUndefined();
  });

  const range = fc.tuple(fc.nat(2 ** 32 - 1), fc.integer({ min: 1, max: 32 })).map(([number, length]) => {
    const base = Math.floor(number / 2 ** (32 - length)) * 2 ** (32 - length);
    return {
      base,
      size: 2 ** (32 - length),
      text: `${[24, 16, 8, 0].map((n) => Math.floor(base / 2 ** n) % 256).join('.')}/${length}`,
    };
  });

  it('overlap when they share an address', () => {
    fc.assert(
      fc.property(range, range, (a, b) => {
        const shared = Math.max(a.base, b.base) < Math.min(a.base + a.size, b.base + b.size);
        expect(parseRange(a.text)).toEqual({ ok: true, text: a.text });
        expect(overlaps(spanOf(a.text), spanOf(b.text))).toBe(shared);
      }),
    );
    expect(overlaps(spanOf('0.0.0.0/0'), spanOf('::/0'))).toBe(false);
  });
});

describe('addresses that the lab gives out', () => {
  const first = (addresses: Iterable<string>, count: number) => Array.from(addresses).slice(0, count);

  it.each([
    ['10.0.0.0/24', ['10.0.0.1', '10.0.0.2'], ['10.0.0.250', '10.0.0.249']],
    ['10.0.0.8/30', ['10.0.0.9', '10.0.0.10'], ['10.0.0.10', '10.0.0.9']],
    ['10.0.0.8/31', ['10.0.0.8', '10.0.0.9'], ['10.0.0.9', '10.0.0.8']],
    ['10.0.0.8/32', ['10.0.0.8'], ['10.0.0.8']],
    ['fd00::/120', ['fd00::1', 'fd00::2'], ['fd00::fa', 'fd00::f9']],
  ])('of %s', (range, upward, downward) => {
    expect(first(hostsUpward(range), 2)).toEqual(upward);
    expect(first(hostsDownward(range), 2)).toEqual(downward);
  });

  it('are in a network', () => {
    expect([networkOf('192.168.15.7/24'), networkOf('fd00:15::7/64')]).toEqual([
      '192.168.15.0/24',
      'fd00:15::/64',
    ]);
    expect(inRange('192.168.15.7', '192.168.15.0/24')).toBe(true);
    expect(inRange('192.168.16.7', '192.168.15.0/24')).toBe(false);
    expect(inRange('fd00::1', '0.0.0.0/0')).toBe(false);
  });
});

it('addresses are compared however they are written', () => {
  expect(sameAddress('FD00:0::1', 'fd00::1')).toBe(true);
  expect(sameAddress('10.0.0.1', '10.0.0.2')).toBe(false);
  expect(sameAddress('edge', 'edge')).toBe(false);
  expect([purposeOf('10.0.0.1'), purposeOf('100.64.0.1'), purposeOf('2001:4860::1')]).toEqual([
    'private',
    'carrierGradeNat',
    'unicast',
  ]);
});
