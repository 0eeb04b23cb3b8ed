import ipaddr from 'ipaddr.js';

/** What an address is reserved for, in the terms of ipaddr.js: `private`, `uniqueLocal`, `carrierGradeNat` …, or `unicast`. */
export const purposeOf = (address: string): string => ipaddr.parse(address).range();

const PRIVATE = new Set(['private', 'uniqueLocal', 'carrierGradeNat', 'linkLocal', 'loopback']);

/** The ranges of {@link isPrivate}. */
export const PRIVATE_RANGES = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
] as const;

/** Whether nobody on the internet can reach it, so that resolvers with rebind protection drop it from answers. */
export const isPrivate = (address: string): boolean => PRIVATE.has(purposeOf(address));

/** Whether the internet can reach an address, as far as the address itself shows. */
export const isPublic = (address: string): boolean =>
  !isPrivate(address) && purposeOf(address) !== 'unspecified';
