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
  parseAddress,
  parseRange,
  sameAddress,
  spanOf,
} from '../../src/model/address.js';
import { purposeOf } from '../../src/model/address-purpose.js';

const text = (parsed: ReturnType<typeof parseAddress>) =>
  parsed.ok ? parsed.text : `${parsed.message}; ${parsed.fix}`;

describe('addresses', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['FD00:0::0001', 'fd00::1'],
    ['010.0.0.1', 'has leading zeros; write 10.0.0.1'],
    ['10.0.0.1/8', 'is an address with a prefix length; write it bare: 10.0.0.1'],
    ['10.1', 'is not an address; write four numbers, such as 192.168.15.2, or an IPv6 address'],
    ['0x0a.0.0.1', 'is not an address; write four numbers, such as 192.168.15.2, or an IPv6 address'],
    ['fd00::1::2', 'is not an address; write an IPv6 address such as fd00:15::2'],
    ['10.0.0.1:51820', 'is an address with a port; write it without the port: 10.0.0.1'],
    ['[fd00::1]:51820', 'is an address with a port; write it without the port: fd00::1'],
    [
      'my.host.example',
      'is a name, not an address; write the address that it stands for, such as 203.0.113.10',
    ],
    ['', 'is not an address; write four numbers, such as 192.168.15.2, or an IPv6 address'],
  ])('%s', (written, wanted) => {
    expect(text(parseAddress(written))).toBe(wanted);
  });

  it('are written as programs want them', () => {
    expect([hostRoute('10.0.0.1'), hostRoute('fd00::1')]).toEqual(['10.0.0.1/32', 'fd00::1/128']);
    expect([hostPort('10.0.0.1', 5), hostPort('fd00::1', 5)]).toEqual(['10.0.0.1:5', '[fd00::1]:5']);
    expect(fourFirst(['fd00::1', '10.0.0.2', '10.0.0.1'])).toEqual(['10.0.0.2', '10.0.0.1', 'fd00::1']);
  });
});

describe('ranges', () => {
  it.each([
    ['172.27.15.0/24', '172.27.15.0/24'],
    ['FD00:15::/64', 'fd00:15::/64'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.0.0.1/32', '10.0.0.1/32'],
    ['10.0.0.1/24', 'has host bits; write 10.0.0.0/24'],
    ['fd00:15::1/64', 'has host bits; write fd00:15::/64'],
    ['10.0.0.0/33', 'has no prefix length that fits; write /0 to /32 after the address'],
    ['10.0.0.0/08', 'has no prefix length that fits; write /0 to /32 after the address'],
    ['10.0.0.0/', 'has no prefix length that fits; write /0 to /32 after the address'],
    ['10.0.0.0/8/8', 'has no prefix length that fits; write /0 to /32 after the address'],
    ['10.20.0.x', 'is not a range; write it with a prefix length, such as 10.20.0.0/24'],
    ['10.20', 'is not a range; write it with a prefix length, such as 10.20.0.0/16'],
    ['10.20.0.0-10.20.0.255', 'is not a range; write it with a prefix length, such as 10.20.0.0/24'],
    ['10.20.300.0/20', 'has a number above 255; write it with a prefix length, such as 10.20.0.0/20'],
    ['010.20.0.0/16', 'has leading zeros; write it with a prefix length, such as 10.20.0.0/16'],
    ['home', 'is not a range; write it with a prefix length, such as 172.27.15.0/24'],
    ['fd00::x/64', 'is not a range; write it with a prefix length, such as fd00:15::/64'],
    ['10.20.0.0/255.255.0.0', 'has a netmask; write 10.20.0.0/16'],
    ['10.20.0.7', 'is an address, not a range; add the prefix length, such as 10.20.0.0/24'],
    ['10.0.0.0', 'is an address, not a range; add the prefix length, such as 10.0.0.0/24'],
  ])('%s', (written, wanted) => {
    expect(text(parseRange(written))).toBe(wanted);
  });

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
