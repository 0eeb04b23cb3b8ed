import fc from 'fast-check';
import { renumbered } from '../../../../src/layers/wireguard/inventory/renumber.js';
import { inRange } from '../../../../src/model/address.js';
import type { RawNetwork } from '../../../../src/model/raw.js';

const KEY = 'jJ5cTe0KmMrGmTbo9AXVBqcVfXPVnuXHGpBc1d2bCSM=';
const HUB: RawNetwork = {
  range: ['10.8.0.0/24', 'fd42:8::/64'],
  addresses: { vps: ['10.8.0.1', 'fd42:8::1'], gw: '10.8.0.200' },
  advertise: { gw: { subnets: '192.168.1.0/24' } },
  clients: {
    phone: {
      address: ['10.8.0.2', 'fd42:8::2'],
      dns: ['10.8.0.1', '1.1.1.1'],
      reach: ['lan', 'gw', '10.8.0.1:53/udp', '10.8.0.200', '192.168.1.7:80', '[fd42:8::1]:53'],
    },
  },
  unmanaged: { office: { on: 'vps', publicKey: KEY, allowedIps: ['10.8.0.9/32', '10.99.0.0/24'] } },
};

const lines = (raw: RawNetwork, from: string, to: string): string[] =>
  renumbered('net', raw, from, to).moves.map(
    ({ path, from: old, to: now }) => `${path.slice(2).join('.')} ${old} ${now}`,
  );

describe('a network in another range', () => {
  it('keeps host parts, and takes along what names its addresses', () => {
    expect(lines(HUB, '10.8.0.0/24', '10.9.4.0/22')).toEqual([
      'range.0 10.8.0.0/24 10.9.4.0/22',
      'addresses.vps.0 10.8.0.1 10.9.4.1',
      'addresses.gw 10.8.0.200 10.9.4.200',
      'clients.phone.address.0 10.8.0.2 10.9.4.2',
      'unmanaged.office.allowedIps.0 10.8.0.9/32 10.9.4.9/32',
      'clients.phone.dns.0 10.8.0.1 10.9.4.1',
      'clients.phone.reach.2 10.8.0.1:53/udp 10.9.4.1:53/udp',
      'clients.phone.reach.3 10.8.0.200 10.9.4.200',
    ]);
  });

  it('does so for IPv6, and leaves the other family as it is', () => {
    expect(lines(HUB, 'fd42:8::/64', 'fd42:9::/64')).toEqual([
      'range.1 fd42:8::/64 fd42:9::/64',
      'addresses.vps.1 fd42:8::1 fd42:9::1',
      'clients.phone.address.1 fd42:8::2 fd42:9::2',
      'clients.phone.reach.5 [fd42:8::1]:53 [fd42:9::1]:53',
    ]);
  });

  it('gives the next free address to whom its host part is beyond the range, or taken, or kept by the range', () => {
    const raw = {
      range: '10.8.0.0/23',
      addresses: { a: '10.8.0.2', b: '10.8.1.2', c: '10.8.0.15', d: '10.8.0.1' },
    };
    expect(lines(raw, '10.8.0.0/23', '10.9.0.0/28')).toEqual([
      'range 10.8.0.0/23 10.9.0.0/28',
      'addresses.a 10.8.0.2 10.9.0.2',
      'addresses.b 10.8.1.2 10.9.0.3',
      'addresses.c 10.8.0.15 10.9.0.4',
      'addresses.d 10.8.0.1 10.9.0.1',
    ]);
  });

  it('changes no address that is in the wider range already, and mends one that was outside', () => {
    const raw = { range: '10.8.1.0/24', addresses: { a: '10.8.1.5', b: '172.16.0.7' } };
    expect(lines(raw, '10.8.1.0/24', '10.8.0.0/23')).toEqual([
      'range 10.8.1.0/24 10.8.0.0/23',
      'addresses.b 172.16.0.7 10.8.0.7',
    ]);
  });

  it('takes ranges within it along, where the new one has their place', () => {
    const reach = ['10.8.0.0/24', '10.8.0.64/26:22', '10.8.0.32/28'];
    const raw = { range: '10.8.0.0/24', addresses: { a: '10.8.0.1' }, clients: { phone: { reach } } };
    const { moves, unplaced } = renumbered('net', raw, '10.8.0.0/24', '10.9.0.64/26');
    expect(moves.slice(2).map(({ to }) => to)).toEqual(['10.9.0.64/26', '10.9.0.96/28']);
    expect(unplaced.map(({ from }) => from)).toEqual(['10.8.0.64/26:22']);
  });

  it('says whose address would get into a range that others are in', () => {
    const raw = {
      range: '10.8.0.0/24',
      addresses: { vps: '10.8.0.1', gw: '10.8.0.17', far: '10.8.0.200' },
      clients: { phone: { reach: ['10.8.0.0/28', '10.8.0.0/24', '10.8.0.16/28', 'far'], dns: '10.8.0.2' } },
    };
    const joined = (to: string) =>
      renumbered('net', raw, '10.8.0.0/24', to).joined.map(({ path, to: now, names }) => [
        path.slice(-2).join('.'),
        now,
        names,
      ]);
    expect(joined('10.9.0.0/24')).toEqual([]);
    expect(joined('10.9.0.0/27')).toEqual([
      ['phone.dns', '10.9.0.2', ['far']],
      ['reach.0', '10.9.0.0/28', ['far']],
    ]);
  });

  it('says how many addresses a range has no room for', () => {
    const addresses = Object.fromEntries([1, 2, 3].map((n) => [`n${n}`, `10.8.0.${n}`]));
    const { moves, full } = renumbered(
      'net',
      { range: '10.8.0.0/24', addresses },
      '10.8.0.0/24',
      '10.9.0.0/30',
    );
    expect(moves).toEqual([]);
    expect(full).toEqual([{ range: '10.9.0.0/30', has: 2n, needs: 3 }]);
  });

  it('gives everybody an own address in the range, whatever the addresses were', () => {
    const hosts = fc.uniqueArray(fc.integer({ min: 1, max: 65_534 }), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(hosts, fc.integer({ min: 12, max: 28 }), (numbers, length) => {
        const addresses = Object.fromEntries(
          numbers.map((n, i) => [`n${i}`, `10.8.${Math.floor(n / 256)}.${n % 256}`]),
        );
        const to = `10.${length < 16 ? 16 : 200}.0.0/${length}`;
        const raw = { range: '10.8.0.0/16', addresses };
        const own = renumbered('net', raw, '10.8.0.0/16', to).moves.flatMap((move) =>
          move.owner === undefined ? [] : [move.to],
        );
        expect(new Set(own).size).toBe(numbers.length);
        expect(own.every((address) => inRange(address, to))).toBe(true);
      }),
    );
  });
});
