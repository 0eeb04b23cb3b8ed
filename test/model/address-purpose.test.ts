import { inRange } from '../../src/model/address.js';
import { isPrivate, PRIVATE_RANGES } from '../../src/model/address-purpose.js';

/** The first and the last address of each range, and those before and after it. */
const EDGES = [
  ['9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0'],
  ['100.63.255.255', '100.64.0.0', '100.127.255.255', '100.128.0.0'],
  ['126.255.255.255', '127.0.0.0', '127.255.255.255', '128.0.0.0'],
  ['169.253.255.255', '169.254.0.0', '169.254.255.255', '169.255.0.0'],
  ['172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0'],
  ['192.167.255.255', '192.168.0.0', '192.168.255.255', '192.169.0.0'],
  ['::', '::1', '::1', '::2'],
  ['fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe00::'],
  ['fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fec0::'],
] as const;

const isInRange = (address: string): boolean => PRIVATE_RANGES.some((range) => inRange(address, range));

it.each(EDGES)('the private ranges are those of private addresses: %s, %s, %s, %s', (...addresses) => {
  expect(addresses.map(isPrivate)).toEqual([false, true, true, false]);
  expect(addresses.map(isInRange)).toEqual([false, true, true, false]);
});

it('has the edges of every range', () => {
  expect(EDGES).toHaveLength(PRIVATE_RANGES.length);
});
