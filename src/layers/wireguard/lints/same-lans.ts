import { inRange, overlaps, spanOf } from '../../../model/address.js';
import { atlasOf } from '../../../model/atlas.js';
import type { Inventory, Node, Site } from '../../../model/inventory.js';
import { parseAddress } from '../../../model/parse-address.js';
import type { Lint } from '../../lint.js';

/** Ranges that two sites have in common. */
interface Shared {
  readonly range: string;
  readonly other: string;
}

interface Reason {
  readonly message: string;
  readonly fix: string;
}

const RENUMBER = 'renumber one of the two LANs';

/**
 * Two sites with the same LAN range, as in two homes with the same make of router. Each is behind its own router, so this is
 * harmless unless a packet to such an address could go either way. (The case that one is advertised is reported with the
 * advertised subnets.)
 */
export function lintSameLans(inventory: Inventory): Lint[] {
  const { sites } = inventory;
  const dials = inventory.nodes.flatMap((node) => dialOf(inventory, node));
  return sites.flatMap((site, i) =>
    sites.slice(0, i).flatMap((other) => {
      const shared = sharedBy(site, other);
      if (shared.length === 0) return [];
      const reason = routed(site, other) ?? dialled(inventory, dials, site, other);
      if (reason === undefined) return [];
      return shared.map(({ range, other: theirs }): Lint => {
        const message = `${range} overlaps ${theirs} of site ${other.name}, and ${reason.message}`;
        return {
          severity: 'error',
          path: ['sites', site.name, 'subnet'],
          value: range,
          message,
          fix: reason.fix,
        };
      });
    }),
  );
}

function sharedBy(site: Site, other: Site): Shared[] {
  return site.subnets.flatMap((range) =>
    other.subnets
      .filter((theirs) => overlaps(spanOf(range), spanOf(theirs)))
      .map((theirs) => ({ range, other: theirs })),
  );
}

/** Without NAT the addresses of a LAN are reached directly. */
function routed(site: Site, other: Site): Reason | undefined {
  const open = [site, other].find(({ nat }) => !nat);
  if (open === undefined) return undefined;
  return {
    message: `site ${open.name} has nat: false, so its addresses are reached directly from outside`,
    fix: RENUMBER,
  };
}

/** A node whose SSH address is in its own LAN. */
interface LanDial {
  readonly node: string;
  readonly site: string;
  readonly address: string;
  /** From where: a jump host's name or address; undefined: the machine on which Bridgehead runs. */
  readonly from: string | undefined;
}

function dialOf({ sites }: Inventory, { name, site, publicAddresses, ssh }: Node): LanDial[] {
  const parsed = parseAddress(ssh.host);
  const home = sites.find((one) => one.name === site);
  if (!parsed.ok || home === undefined || publicAddresses.includes(parsed.text)) return [];
  if (!home.subnets.some((subnet) => inRange(parsed.text, subnet))) return [];
  return [{ node: name, site: home.name, address: parsed.text, from: ssh.jump }];
}

/** A machine that connects into both LANs, or from one into the other, can reach the wrong node. */
function dialled(
  inventory: Inventory,
  dials: readonly LanDial[],
  site: Site,
  other: Site,
): Reason | undefined {
  const into = (one: Site, beside: Site): LanDial[] =>
    dials.filter(
      ({ site: home, address }) =>
        home === one.name && beside.subnets.some((subnet) => inRange(address, subnet)),
    );
  const [here, there] = [into(site, other), into(other, site)];
  for (const dial of [...here, ...there]) {
    const stands = standsIn(inventory, dial.from);
    const far = dial.site === site.name ? other : site;
    if (stands === far.name) {
      const message = `${dialler(dial.from)}, which is in ${far.name}, connects to ${dial.node} of ${dial.site} at ${dial.address}`;
      return { message, fix: fixFor(dial) };
    }
    const both = (dial.site === site.name ? there : here).find(({ from }) => from === dial.from);
    if (both === undefined || stands === dial.site) continue;
    const message = `${dialler(dial.from)} connects to both: ${dial.node} at ${dial.address} and ${both.node} at ${both.address}`;
    return { message, fix: fixFor(dial) };
  }
  return undefined;
}

/** The site from which the connection is made, as far as the inventory knows. */
function standsIn(inventory: Inventory, from: string | undefined): string | undefined {
  if (from === undefined) return inventory.lab.laptop;
  const jump = atlasOf(inventory).nodes.get(from);
  return jump !== undefined && jump.lanAddresses.length > 0 ? jump.site : undefined;
}

const dialler = (from: string | undefined): string =>
  from === undefined ? 'your machine' : `jump host ${from}`;

function fixFor({ node, site }: LanDial): string {
  return `${RENUMBER}, or connect to ${node} another way: set nodes.${node}.ssh.host to the public address of ${site}'s router and forward a TCP port there, or set ssh.jump to a node in ${site}`;
}
