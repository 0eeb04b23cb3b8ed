import { purposeOf } from '../../../model/address-purpose.js';
import type { Inventory } from '../../../model/inventory.js';
import type { Lint } from '../../lint.js';

const INSIDE: Readonly<Record<string, string>> = {
  private: 'a private address',
  uniqueLocal: 'a private address',
  linkLocal: 'a link-local address',
  loopback: 'a loopback address',
  carrierGradeNat: "an address of a provider's shared NAT",
};

/** What is allowed and sometimes right, but usually a mistake. */
export function lintHabits({ sites, nodes }: Inventory): Lint[] {
  const publicly = [
    ...nodes.map(({ name, publicAddresses }) => ({ path: ['nodes', name, 'public'], publicAddresses })),
    ...sites.map(({ name, publicAddresses }) => ({ path: ['sites', name, 'public'], publicAddresses })),
  ];
  const inside = publicly.flatMap(({ path, publicAddresses }) =>
    publicAddresses.flatMap((address): Lint[] => {
      const what = INSIDE[purposeOf(address)];
      if (what === undefined) return [];
      const message = `${address} is ${what}: the internet can't reach it`;
      return [
        {
          severity: 'warning',
          path,
          value: address,
          message,
          fix: 'remove `public`, unless every peer can reach that address',
        },
      ];
    }),
  );
  const routed = sites.flatMap(({ name, nat, forwards }): Lint[] => {
    if (nat || forwards.length === 0) return [];
    const message = 'are not used: without NAT, peers connect to the nodes at their LAN addresses';
    return [
      {
        severity: 'warning',
        path: ['sites', name, 'forwards'],
        message,
        fix: 'remove them, or set nat: true',
      },
    ];
  });
  return [...inside, ...routed];
}
