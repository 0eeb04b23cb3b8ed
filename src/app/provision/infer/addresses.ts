import type { Machine } from '../../../facts/machine/machine.js';
import { bareAddress, type Family, familyOf } from '../../../model/address.js';
import { isPublic } from '../../../model/address-purpose.js';

/** Addresses (CIDR) of the devices through which a machine reaches the internet, without temporary ones. */
function outward({ addresses, defaults }: Machine): string[] {
  const devices = new Set(defaults.map(({ device }) => device));
  const own = addresses.filter(({ passing }) => !passing);
  const onDefault = own.filter(({ device }) => devices.has(device));
  return (onDefault.length > 0 ? onDefault : own).map(({ address }) => address);
}

/** A machine's own public addresses, bare. */
export function ownPublic(machine: Machine): string[] {
  return outward(machine).map(bareAddress).filter(isPublic);
}

/** A machine's addresses on its LAN, CIDR. */
export function ownLan(machine: Machine): string[] {
  return outward(machine).filter((cidr) => !isPublic(bareAddress(cidr)));
}

export const inFamily = (addresses: readonly string[], family: Family): string | undefined =>
  addresses.find((address) => familyOf(address) === family);

/** Whether packets of a family can leave a machine. */
export function reaches({ defaults }: Machine, family: Family): boolean {
  return defaults.some((route) => route.family === family);
}
