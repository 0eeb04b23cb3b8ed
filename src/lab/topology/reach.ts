import { isAddress, sameAddress } from '../../model/address.js';
import type { Inventory, Node, Site } from '../../model/inventory.js';
import { lanSite } from './layout.js';

/** Where a connection starts: the laptop, or a node that serves as jump host. */
export interface Standpoint {
  /** `the laptop`, `node edge-1`: for messages. */
  readonly name: string;
  /** The site whose LAN it is in. */
  readonly site?: string | undefined;
}

export type ReachResult =
  | { readonly ok: true; readonly address: string; readonly nodePort: number }
  | { readonly ok: false; readonly message: string; readonly fix: string };

/** A connection to a node's sshd. */
export interface Way {
  readonly from: Standpoint;
  readonly node: Node;
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
}

/** Follows `host:port` from a standpoint to a node's sshd, as the lab's routers would; else says what is in the way. */
export function reach(inventory: Inventory, way: Way): ReachResult {
  const { from, node, host } = way;
  if (isAddress(host)) return reachAddress(inventory, way);
  const site = lanSite(inventory, node);
  const candidates = [
    ...(site !== undefined && site.name === from.site ? node.lanAddresses : []),
    ...node.publicAddresses,
    ...(site?.publicAddresses ?? []),
    ...node.lanAddresses,
  ];
  const tried = candidates.map((address) => reachAddress(inventory, { ...way, host: address }));
  const refused: ReachResult = {
    ok: false,
    message: `the name ${host} can't be resolved in the lab: the node has no address`,
    fix: 'give the node `public`, or a `site` and `lan`',
  };
  return tried.find(({ ok }) => ok) ?? tried[0] ?? refused;
}

function reachAddress(inventory: Inventory, way: Way): ReachResult {
  const { from, node, host, port } = way;
  if (node.publicAddresses.some((address) => sameAddress(address, host))) {
    return { ok: true, address: host, nodePort: port };
  }
  const site = lanSite(inventory, node);
  if (site !== undefined && node.lanAddresses.some((address) => sameAddress(address, host))) {
    if (from.site === site.name || !site.nat) return { ok: true, address: host, nodePort: port };
    return {
      ok: false,
      message: `${host} is an address inside site ${site.name}, which ${from.name} ${standing(from)} cannot reach`,
      fix: `set \`lab.laptop: ${site.name}\`, name a tcp forward of that site's router in \`ssh\`, or set \`ssh.jump\` to a node in it`,
    };
  }
  const owner = inventory.sites.find((other) =>
    other.publicAddresses.some((address) => sameAddress(address, host)),
  );
  if (owner !== undefined) return reachForward(owner, way);
  return {
    ok: false,
    message: `${host} belongs neither to the node nor to its site's router, so nothing in the lab answers there`,
    fix: "add it to the node's `public` or `lan`, or connect to an address that it has",
  };
}

function reachForward(site: Site, { from, node, host, port }: Way): ReachResult {
  const forward = site.forwards.find((candidate) => candidate.protocol === 'tcp' && candidate.port === port);
  if (forward === undefined || forward.node !== node.name) {
    const leads = forward === undefined ? 'forwards no tcp' : `sends tcp to node ${forward.node} on`;
    return {
      ok: false,
      message: `${host} is the router of site ${site.name}, which ${leads} port ${port}`,
      fix: `add a forward to the site (\`protocol: tcp\`, \`port: ${port}\`, \`node: ${node.name}\`, \`nodePort: 22\`), or set \`ssh.jump\` to a node that can be reached`,
    };
  }
  if (site.nat && from.site === site.name) {
    return {
      ok: false,
      message: `${host} is the router behind which ${from.name} itself is, and home routers don't pass such connections back in (hairpin NAT)`,
      fix: `connect to the node's LAN address, or set \`lab.laptop\` to another site`,
    };
  }
  return { ok: true, address: host, nodePort: forward.nodePort };
}

function standing(from: Standpoint): string {
  return from.site === undefined ? '(on the internet)' : `(in site ${from.site})`;
}
