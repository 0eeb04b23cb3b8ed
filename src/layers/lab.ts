import { outsideAddresses } from '../model/atlas.js';
import type { Inventory, LabSettings } from '../model/inventory.js';

/** What a lab that is built from an inventory must have on its internet, besides addresses. */
export interface LabNeeds {
  /** Names that the internet's DNS answers, `*.example.com` among them. */
  readonly names?: readonly LabName[];
  /** URLs of the ACME directories that nodes order certificates from. The lab's own authority answers at each. */
  readonly authorities?: readonly string[];
  /** Apps that a lab's nodes must have, since the real ones aren't there. */
  readonly apps?: readonly LabApp[];
  /** Login servers at which nodes join their networks. The lab's own answers at each. */
  readonly logins?: readonly LabLogin[];
}

export interface LabName {
  readonly name: string;
  /** Of both families. */
  readonly addresses: readonly string[];
}

/** A network that nodes join at a login server. */
export interface LabLogin {
  readonly network: string;
  /** URL of the server. */
  readonly url: string;
  /** Tags that its nodes ask for. */
  readonly tags: readonly string[];
}

/** A server that answers in place of an app. */
export interface LabApp {
  readonly name: string;
  readonly node: string;
  /** Where it listens; none: at all addresses. */
  readonly address?: string;
  readonly protocol: 'http' | 'tcp' | 'udp';
  readonly port: number;
  /** What it answers at this path; http only. */
  readonly page?: { readonly path: string; readonly status: number; readonly text: string };
}

/** All of what several need. */
export function joinNeeds(needs: readonly LabNeeds[], { standIns = true }: LabSettings): Required<LabNeeds> {
  const all = <T>(pick: (one: LabNeeds) => readonly T[] | undefined) =>
    needs.flatMap((one) => pick(one) ?? []);
  return {
    names: all(({ names }) => names),
    authorities: [...new Set(all(({ authorities }) => authorities))],
    apps: standIns ? all(({ apps }) => apps) : [],
    logins: all(({ logins }) => logins),
  };
}

/** What the inventory's own `lab:` asks for. */
export function ownNeeds(inventory: Inventory): LabNeeds {
  const { names = {}, authorities = [] } = inventory.lab;
  return {
    names: Object.entries(names).map(([name, targets]) => ({
      name,
      addresses: targets.flatMap((target) => outsideAddresses(inventory, target) ?? [target]),
    })),
    authorities,
  };
}
