import { InputError, type Problem } from '../../core/errors.js';
import { labNeeds } from '../../layers/index.js';
import type { LabNeeds } from '../../layers/lab.js';
import { familyOf, sameAddress } from '../../model/address.js';
import type { Forward, Inventory, Node, Site } from '../../model/inventory.js';

/** What a lab is built from. */
export interface LabState {
  readonly inventory: Inventory;
  readonly needs: Required<LabNeeds>;
}

/** What to build a lab from that has the machines of two inventories, and what it is given for the later one. */
export interface BothStates {
  readonly before: LabState;
  /** The same, but for the forwards, and where names lead that are in both. */
  readonly after: LabState;
}

/**
 * Puts two inventories of one network together: the machines of both, with the logins of `next` and the addresses of both.
 * Throws InputError if a machine or a LAN would have to move while the lab runs.
 */
export function bothStates(former: Inventory, next: Inventory): BothStates {
  const problems = [...movedSites(former, next), ...movedNodes(former, next)];
  if (problems.length > 0) throw new InputError(problems);
  const nodes = [
    ...next.nodes.map((node) => withAddresses(node, find(former.nodes, node.name))),
    ...former.nodes.filter(({ name }) => find(next.nodes, name) === undefined),
  ];
  const sites = (isBefore: boolean): Site[] => [
    ...next.sites.map((site) => siteOf(site, find(former.sites, site.name), isBefore)),
    ...former.sites.filter(({ name }) => find(next.sites, name) === undefined),
  ];
  const union = { ...next, nodes, networks: [...former.networks, ...next.networks] };
  const [earlier, later] = [labNeeds(former), labNeeds(next)];
  return {
    before: { inventory: { ...union, sites: sites(true) }, needs: needsOfBoth(earlier, later) },
    after: {
      inventory: { ...union, sites: sites(false) },
      needs: { ...needsOfBoth(later, earlier), apps: needsOfBoth(earlier, later).apps },
    },
  };
}

/** What the first needs, and what only the second does. */
function needsOfBoth(first: Required<LabNeeds>, second: Required<LabNeeds>): Required<LabNeeds> {
  const more = <T extends { readonly name: string }>(own: readonly T[], others: readonly T[]) => [
    ...own,
    ...others.filter(({ name }) => find(own, name) === undefined),
  ];
  const networks = new Set(first.logins.map(({ network }) => network));
  return {
    names: more(first.names, second.names),
    authorities: [...new Set([...first.authorities, ...second.authorities])],
    apps: more(first.apps, second.apps),
    logins: [...first.logins, ...second.logins.filter(({ network }) => !networks.has(network))],
  };
}

const find = <T extends { readonly name: string }>(all: readonly T[], name: string): T | undefined =>
  all.find((one) => one.name === name);

/** Those of the first, then what the second has beyond them. IPv4 first. */
function addressesOfBoth(first: readonly string[], second: readonly string[]): string[] {
  const more = second.filter((address) => !first.some((one) => sameAddress(one, address)));
  return [...first, ...more].sort((a, b) => familyOf(a) - familyOf(b));
}

function withAddresses(node: Node, earlier: Node | undefined): Node {
  if (earlier === undefined) return node;
  const site = node.site ?? earlier.site;
  return {
    ...node,
    ...(site === undefined ? {} : { site }),
    publicAddresses: addressesOfBoth(node.publicAddresses, earlier.publicAddresses),
    lanAddresses: addressesOfBoth(node.lanAddresses, earlier.lanAddresses),
  };
}

/** Logins are always those of `next`, so its tcp forwards are there from the beginning. */
function siteOf(site: Site, earlier: Site | undefined, isBefore: boolean): Site {
  if (earlier === undefined) return site;
  const isTcp = ({ protocol }: Forward) => protocol === 'tcp';
  const old = earlier.forwards.filter(isTcp);
  const own = isBefore
    ? [...earlier.forwards.filter((one) => !isTcp(one)), ...site.forwards.filter(isTcp)]
    : site.forwards;
  const isFree = ({ protocol, port }: Forward) =>
    !own.some((one) => one.protocol === protocol && one.port === port);
  return {
    ...site,
    publicAddresses: addressesOfBoth(site.publicAddresses, earlier.publicAddresses),
    forwards: [...own, ...old.filter(isFree)],
  };
}

const WITHOUT = 'rehearse the new inventory without --against';

function movedSites(former: Inventory, next: Inventory): Problem[] {
  return next.sites.flatMap((site): Problem[] => {
    const earlier = find(former.sites, site.name);
    const place = { file: next.file, path: `sites.${site.name}`, fix: WITHOUT };
    if (earlier === undefined) return [];
    const subnets = [earlier, site].map((one) => one.subnets.join(', '));
    if (subnets[0] !== subnets[1]) {
      return [
        { ...place, message: `the LAN was ${subnets[0]}: a lab can't change the LANs that it is built of` },
      ];
    }
    if (earlier.nat !== site.nat)
      return [{ ...place, message: `nat was ${earlier.nat}: a lab can't change that while it runs` }];
    return [];
  });
}

function movedNodes(former: Inventory, next: Inventory): Problem[] {
  const owners = next.nodes.flatMap(addressesIn);
  return former.nodes.flatMap((earlier): Problem[] => {
    const { name } = earlier;
    const node = find(next.nodes, name);
    const place = { file: next.file, path: `nodes.${name}`, fix: WITHOUT };
    const isMoved = earlier.lanAddresses.length > 0 && node !== undefined && node.lanAddresses.length > 0;
    if (isMoved && node.site !== earlier.site) {
      return [
        { ...place, message: `it was in site ${earlier.site}: a lab can't move a machine while it runs` },
      ];
    }
    return addressesIn(earlier).flatMap(({ site, address }): Problem[] => {
      const owner = owners.find((one) => one.site === site && sameAddress(one.address, address))?.name;
      if (owner === undefined || owner === name) return [];
      return [
        {
          ...place,
          path: `nodes.${owner}`,
          message: `${address} was ${name}'s: a lab can't give it to another machine while it runs`,
        },
      ];
    });
  });
}

/** A node's addresses, those of its LAN with the site. */
function addressesIn({ name, site, publicAddresses, lanAddresses }: Node) {
  return [
    ...publicAddresses.map((address) => ({ name, site: undefined, address })),
    ...lanAddresses.map((address) => ({ name, site, address })),
  ];
}
