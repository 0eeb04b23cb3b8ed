import { parse } from 'yaml';
import { commonZone, octodns, zoneFile } from '../../../src/app/dns/formats.js';
import type { PublicRecord } from '../../../src/layers/dns/public-records.js';

const record = (name: string, changes: Partial<PublicRecord> = {}): PublicRecord => ({
  name,
  type: 'A',
  addresses: ['198.51.100.8'],
  apps: ['photos'],
  ...changes,
});
const SIX = { type: 'AAAA', addresses: ['2001:db8:8::1'] } as const;

it('prints complete names for a zone file', () => {
  expect(zoneFile('split', [record('photos.example.com'), record('photos.example.com', SIX)])).toBe(
    `; Public records of split, by bridgehead dns records.
$TTL 300
photos.example.com. IN A 198.51.100.8
photos.example.com. IN AAAA 2001:db8:8::1
`,
  );
});

it('prints a zone for OctoDNS: names relative to it, in the order of their numbers', () => {
  const names = ['example.com', '*.example.com', 'a10.example.com', 'a2.example.com'];
  const text = octodns('example.com', [...names.map((name) => record(name)), record('a2.example.com', SIX)]);
  const zone = parse(text);
  expect(Object.keys(zone)).toEqual(['', '*', 'a2', 'a10']);
  expect(zone.a2).toEqual([
    { ttl: 300, type: 'A', values: ['198.51.100.8'] },
    { ttl: 300, type: 'AAAA', values: ['2001:db8:8::1'] },
  ]);
});

describe('the zone that all names are in', () => {
  it.each([
    [['photos.example.com'], 'example.com'],
    [['example.com'], 'example.com'],
    [['photos.example.co.uk', 'films.example.co.uk'], 'example.co.uk'],
    [['a.home.example.com', 'b.example.com', '*.example.com'], 'example.com'],
  ])('is known from the names: %j', (names, zone) => {
    expect(commonZone(names.map((name) => record(name)))).toBe(zone);
  });

  it('must be chosen if they have none in common', () => {
    expect(() => commonZone([record('a.example.com'), record('b.example.org')])).toThrow(
      expect.objectContaining({ code: 'E_USAGE' }),
    );
    expect(() => commonZone([])).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  });
});
