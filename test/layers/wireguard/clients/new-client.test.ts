import fc from 'fast-check';
import { formatProblem, InputError } from '../../../../src/core/errors.js';
import { freeAddresses } from '../../../../src/layers/wireguard/clients/free-address.js';
import { addressesFor, type Wish } from '../../../../src/layers/wireguard/clients/new-client.js';
import { contains, spanOf } from '../../../../src/model/address.js';
import type { Network } from '../../../../src/model/inventory.js';
import { homeOf, hubText, resolveText } from './support.js';

const PHONE = '    clients:\n      phone: { address: 10.8.0.2 }\n';
const wish = (name: string, ...addresses: string[]): Wish => ({ name, addresses, dns: [], reach: [] });

function problemsOf(text: string, wished: Wish): string[] {
  const inventory = resolveText(text);
  try {
    addressesFor(inventory, homeOf(inventory), wished);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(formatProblem);
  }
}

describe('a free address', () => {
  it('is the lowest that no member and no client has', () => {
    expect(freeAddresses(homeOf(resolveText(hubText())))).toEqual(['10.8.0.2']);
    expect(freeAddresses(homeOf(resolveText(hubText(PHONE))))).toEqual(['10.8.0.4']);
  });

  it('has the same number in both families', () => {
    const text = hubText('', '[10.8.0.0/24, "fd42:8::/64"]', [
      '[10.8.0.1, "fd42:8::1"]',
      '[10.8.0.9, "fd42:8::2"]',
    ]);
    expect(freeAddresses(homeOf(resolveText(text)))).toEqual(['10.8.0.3', 'fd42:8::3']);
  });

  it('is none if the range is full, neither its first nor its last', () => {
    const text = hubText('', '10.8.0.0/30', ['10.8.0.1', '10.8.0.2']);
    expect(freeAddresses(homeOf(resolveText(text)))).toEqual([undefined]);
    expect(problemsOf(text, wish('phone'))).toEqual([
      '--address  10.8.0.0/30 has no free address; revoke a client that is no longer used, or widen the range',
    ]);
  });

  it('is in the range and taken by nobody, however full it is', () => {
    const range = '10.8.0.0/27';
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 29 });
    const base = homeOf(resolveText(hubText()));
    fc.assert(
      fc.property(numbers, (taken) => {
        const members = taken.map((n) => ({ node: `n-${n}`, addresses: [`10.8.0.${n}`] }));
        const network: Network = { ...base, ranges: [range], members, clients: [] };
        const [address = ''] = freeAddresses(network);
        expect(contains(spanOf(range), address)).toBe(true);
        expect(taken.map((n) => `10.8.0.${n}`)).not.toContain(address);
        expect(['10.8.0.0', '10.8.0.31']).not.toContain(address);
      }),
    );
  });
});

describe('a client that can’t be', () => {
  it.each([
    ['vps', [], ['NAME  vps is already a node; choose another name, such as vps-2']],
    [
      'phone',
      [],
      [
        'NAME  phone is already a client of network home; bridgehead client rekey phone makes its keys; or choose another name',
      ],
    ],
    [
      'Mum’s phone',
      ['10.9.0.1'],
      [
        'NAME  "Mum’s phone" is not a valid name; a name has 1 to 63 lower-case letters, digits and hyphens, and does not begin or end with a hyphen',
        '--address  10.9.0.1 is outside network home; choose from 10.8.0.0/24',
      ],
    ],
    ['tablet', ['10.8.0.3'], ['--address  10.8.0.3 is the address of gw; omit it to get a free one']],
    ['tablet', ['10.8.0.2'], ['--address  10.8.0.2 is the address of phone; omit it to get a free one']],
    [
      'tablet',
      ['10.8.0.5/24'],
      ['--address  "10.8.0.5/24" is an address with a prefix length; write it bare: 10.8.0.5'],
    ],
    [
      'tablet',
      ['10.8.0.5', '10.8.0.6'],
      ['--address  tablet has several addresses of one family; give at most one per family'],
    ],
    ['-x', [], [expect.stringContaining('"-x" is not a valid name')]],
  ])('%s %j', (name, addresses, problems) => {
    expect(problemsOf(hubText(PHONE), wish(name, ...addresses))).toEqual(problems);
  });

  it('is distinguished from one that can', () => {
    const inventory = resolveText(hubText(PHONE));
    expect(addressesFor(inventory, homeOf(inventory), wish('tablet', '10.8.0.77'))).toEqual(['10.8.0.77']);
  });
});
