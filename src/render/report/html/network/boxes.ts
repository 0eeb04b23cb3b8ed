import type { Overview, OverviewNode } from '../../../../runner/events/overview.js';
import { BOX_WIDTH, charactersIn, NARROW, PAD } from './measures.js';

/** What is drawn of a node or client: its name, and lines below it. */
export interface Box {
  readonly name: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly isClient: boolean;
}

/** Boxes that are drawn inside of a frame. */
export interface Place {
  readonly title: string;
  readonly lines: readonly string[];
  readonly boxes: readonly Box[];
}

/** Characters of a title that fit into a box, and into the narrowest frame. */
const BOX_FITS = charactersIn(BOX_WIDTH - 2 * PAD, true);
const FRAME_FITS = charactersIn(NARROW - 2 * PAD, true);

/** A title with what follows the name, which has a line of its own if it doesn't fit. */
function titled(name: string, more: string, fits: number, lines: readonly string[]) {
  if (name.length + more.length <= fits) return { title: `${name}${more}`, lines };
  return { title: name, lines: [more.replace(/^(?:: | \((.*)\)$)/, '$1'), ...lines] };
}

/** What is on the internet by itself, and the sites; sites without nodes are left out. */
export function placesOf(overview: Overview): { outside: readonly Box[]; sites: readonly Place[] } {
  const boxOf = (node: OverviewNode) => nodeBox(overview, node);
  return {
    outside: [
      ...overview.nodes.filter(({ site }) => site === undefined).map(boxOf),
      ...clientBoxes(overview),
    ],
    sites: overview.sites
      .map(({ name, subnets, nat, publicAddresses }) => ({
        ...titled(name, `: LAN ${subnets.join(', ')}`, FRAME_FITS, [natLine(nat, publicAddresses)]),
        boxes: overview.nodes.filter(({ site }) => site === name).map(boxOf),
      }))
      .filter(({ boxes }) => boxes.length > 0),
  };
}

const natLine = (nat: boolean, addresses: readonly string[]): string => {
  if (!nat) return 'router without NAT';
  return addresses.length === 0 ? 'NAT' : `NAT behind ${addresses.join(', ')}`;
};

function nodeBox({ networks, sites }: Overview, { name, role, addresses }: OverviewNode): Box {
  const overlay = networks.flatMap((network) =>
    network.members
      .filter(({ node }) => node === name)
      .flatMap((member) => member.addresses.map((address) => `${network.name} ${address}`)),
  );
  const duties = networks.flatMap(({ name: network, hubs, relay, gateways }) => [
    ...(hubs.includes(name) ? [`hub of ${network}`] : []),
    ...(relay === name ? [`relay of ${network}`] : []),
    ...gateways.filter(({ node }) => node === name).map(({ subnets }) => `gateway to ${subnets.join(', ')}`),
  ]);
  const forwards = sites.flatMap((site) =>
    site.forwards
      .filter(({ node }) => node === name)
      .map(({ protocol, port, nodePort }) => `router's ${protocol} ${port} → ${nodePort}`),
  );
  const lines = [...addresses, ...overlay, ...duties, ...forwards];
  const more = role === undefined ? '' : ` (${role})`;
  return { name, ...titled(name, more, BOX_FITS, lines), isClient: false };
}

const clientBoxes = ({ networks }: Overview): Box[] =>
  networks.flatMap(({ name: network, clients }) =>
    clients.map(({ name, addresses }) => ({
      name,
      ...titled(
        name,
        ' (client)',
        BOX_FITS,
        addresses.map((address) => `${network} ${address}`),
      ),
      isClient: true,
    })),
  );
