import { systemCode } from '../../../../../core/errors.js';
import { familyOf, sameAddress } from '../../../../../model/address.js';
import { isPrivate } from '../../../../../model/address-purpose.js';
import { outsideAddresses } from '../../../../../model/atlas.js';
import type { Inventory } from '../../../../../model/inventory.js';
import type { Family, Visitor } from '../../../../../visitor/visitor.js';
import type { App } from '../../../inventory/types.js';
import { visitedName } from '../chains.js';
import type { NameAnswer, NameSeen } from '../visited.js';

const FAMILIES: readonly Family[] = [4, 6];

/** Addresses of one family at which visitors find an app. */
export const wantedAddresses = (inventory: Inventory, { edges }: App, family: Family): readonly string[] =>
  edges
    .flatMap((edge) => outsideAddresses(inventory, edge) ?? [])
    .filter((address) => familyOf(address) === family);

/** Whether an answer is nothing but addresses of the app's edges, and is there if those have the family. */
export function isRight(answer: readonly string[], wanted: readonly string[]): boolean {
  if (wanted.length > 0 && answer.length === 0) return false;
  return answer.every((address) => wanted.some((one) => sameAddress(one, address)));
}

/** Looks up all names of an app, in both families. */
export async function lookUp(visitor: Visitor, inventory: Inventory, app: App): Promise<readonly NameSeen[]> {
  return Promise.all(
    app.hosts.map(async (written) => {
      const host = visitedName(written);
      const answers = await Promise.all(
        FAMILIES.map((family) => answerOf(visitor, host, family, wantedAddresses(inventory, app, family))),
      );
      return { host, app: app.name, answers };
    }),
  );
}

async function answerOf(
  visitor: Visitor,
  host: string,
  family: Family,
  wanted: readonly string[],
): Promise<NameAnswer> {
  let addresses: readonly string[] = [];
  let failure: string | undefined;
  try {
    addresses = await visitor.resolve(host, family);
  } catch (error) {
    failure = systemCode(error) ?? String(error);
  }
  if (failure === undefined && isRight(addresses, wanted)) return { family, addresses };
  const authority = await authorityOf(visitor, host, family);
  return {
    family,
    addresses,
    ...(failure === undefined ? {} : { failure }),
    ...(authority === undefined ? {} : { authority }),
  };
}

/** What the zone's own servers answer; undefined if they can't be asked. */
async function authorityOf(
  visitor: Visitor,
  host: string,
  family: Family,
): Promise<readonly string[] | undefined> {
  try {
    const servers = await visitor.authorities(host);
    const addresses = (
      await Promise.all(servers.slice(0, 2).map((server) => visitor.resolve(server, 4)))
    ).flat();
    return addresses.length === 0 ? undefined : await visitor.resolve(host, family, addresses);
  } catch {
    // Many zones' servers can't be asked from everywhere.
    return undefined;
  }
}

/**
 * Whether this machine is on a LAN with answers of its own: its resolver leads to a private address, and the zone's own servers to the
 * edges, as it has to be for visitors.
 */
export function isSplit(inventory: Inventory, app: App, { answers }: NameSeen): boolean {
  const isInside = answers.some(({ addresses }) => addresses.length > 0 && addresses.every(isPrivate));
  return (
    isInside &&
    answers.every(({ family, addresses, authority = addresses }) =>
      isRight(authority, wantedAddresses(inventory, app, family)),
    )
  );
}

/** Whether all names of an app lead visitors to its edges, in both families. */
export const isRightAll = (inventory: Inventory, app: App, seen: readonly NameSeen[]): boolean =>
  seen.every(
    (name) =>
      isSplit(inventory, app, name) ||
      name.answers.every(({ family, addresses }) =>
        isRight(addresses, wantedAddresses(inventory, app, family)),
      ),
  );
