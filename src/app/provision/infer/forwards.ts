import { freePort } from '../../draft/allocate.js';
import type { DraftForward, DraftNode, DraftSite } from '../../draft/draft.js';

/** Which nodes behind NAT get a port forward: all, those that some pair needs to connect, or none besides the existing ones. */
export type ForwardMode = 'all' | 'needed' | 'none';

export interface ForwardRequest {
  readonly sites: readonly DraftSite[];
  readonly nodes: readonly DraftNode[];
  /** The one node that all others connect to; undefined in a mesh. */
  readonly hub?: string | undefined;
  /** UDP port of the network. */
  readonly port: number;
  /** Nodes that join a network that is there: only they may get a forward. Undefined for a new network. */
  readonly joining?: readonly string[] | undefined;
}

const isHidden = ({ publicAddresses = [] }: DraftNode): boolean => publicAddresses.length === 0;

/** Nodes that need a forward for some pair to connect. */
export function neededForwards(request: ForwardRequest): string[] {
  const { sites, nodes, hub, joining } = request;
  if (joining !== undefined) return neededToJoin(request, joining);
  if (hub !== undefined)
    return nodes.filter((node) => node.name === hub && isHidden(node)).map(({ name }) => name);
  const hidden = sites.map((site) => ({
    site,
    inside: nodes.filter((node) => node.site === site.name && isHidden(node)).map(({ name }) => name),
  }));
  const homes = hidden.filter(({ inside }) => inside.length > 0);
  // Between two LANs one side has to be reachable: so all LANs but one, which is the largest.
  const canForward = homes.filter(({ site: { publicAddresses = [] } }) => publicAddresses.length > 0);
  const spared =
    canForward.length < homes.length
      ? undefined
      : canForward.toSorted((a, b) => b.inside.length - a.inside.length)[0];
  return homes.length < 2 ? [] : canForward.filter((home) => home !== spared).flatMap(({ inside }) => inside);
}

/** Of nodes that join, those that somebody could not connect to who can't be connected to either. */
function neededToJoin(request: ForwardRequest, joining: readonly string[]): string[] {
  const { sites, nodes, hub } = request;
  const chosen: string[] = [];
  const members = nodes.filter(({ name }) => !joining.includes(name));
  for (const node of nodes.filter(({ name }) => joining.includes(name))) {
    const shut = members.filter((one) => isShut(one, request) && !chosen.includes(one.name));
    const isApart = isShut(node, request) && shut.some((one) => one.site !== node.site);
    const router = sites.find(({ name }) => name === node.site)?.publicAddresses ?? [];
    if (hub === undefined && isApart && router.length > 0) chosen.push(node.name);
    members.push(node);
  }
  return chosen;
}

/** Whether nobody outside of its LAN can connect to a node. */
function isShut(node: DraftNode, { sites, port }: ForwardRequest): boolean {
  const site = sites.find(({ name }) => name === node.site);
  const isForwarded = (site?.forwards ?? []).some(
    (one) => one.node === node.name && (one.nodePort ?? one.port) === port,
  );
  return isHidden(node) && site?.nat !== false && !isForwarded;
}

/** Whether a node that joins a mesh, and some member, can only meet through a third. */
export function meetsOnlyThrough(request: ForwardRequest, mode: ForwardMode): boolean {
  const { nodes, hub, joining = [] } = request;
  const forwarded = { ...request, sites: withForwards(request, mode) };
  const shut = nodes.filter((node) => isShut(node, forwarded));
  return (
    hub === undefined &&
    shut.some(({ name, site }) => joining.includes(name) && shut.some((one) => one.site !== site))
  );
}

/** Pairs of LANs that no forward can connect, since neither router has a public address. */
export function unreachableSites({ sites, nodes, hub }: ForwardRequest): readonly string[] {
  if (hub !== undefined) return [];
  const closed = sites.filter(
    ({ name, publicAddresses = [] }) =>
      publicAddresses.length === 0 && nodes.some((node) => node.site === name && isHidden(node)),
  );
  return closed.length < 2 ? [] : closed.map(({ name }) => name);
}

/** The sites with the forwards that the mode asks for. Existing ones are kept, and each new one gets the next free port. */
export function withForwards(request: ForwardRequest, mode: ForwardMode): DraftSite[] {
  const { sites, nodes, port, joining } = request;
  const needed = new Set(mode === 'needed' ? neededForwards(request) : []);
  return sites.map((site) => {
    const wanting = nodes.filter(
      (node) =>
        node.site === site.name && isHidden(node) && (joining === undefined || joining.includes(node.name)),
    );
    const chosen = mode === 'all' ? wanting : wanting.filter(({ name }) => needed.has(name));
    const forwards: DraftForward[] = [...(site.forwards ?? [])];
    if ((site.publicAddresses ?? []).length === 0) return { ...site, forwards };
    for (const { name } of chosen) {
      if (forwards.some((one) => one.node === name && (one.nodePort ?? one.port) === port)) continue;
      forwards.push({
        port: freePort(
          forwards.map((one) => one.port),
          port,
        ),
        node: name,
        nodePort: port,
      });
    }
    return { ...site, forwards };
  });
}

export interface RouterLine {
  readonly site: string;
  readonly router: string | undefined;
  readonly port: number;
  readonly node: string;
  readonly address: string;
  readonly nodePort: number;
}

/** The forwards to enter into routers: those in `wanted` that `there` doesn't have. */
export function missingForwards(
  wanted: readonly DraftSite[],
  there: readonly DraftSite[],
  nodes: readonly DraftNode[],
): RouterLine[] {
  return wanted.flatMap((site) => {
    const known = there.find(({ name }) => name === site.name)?.forwards ?? [];
    return (site.forwards ?? [])
      .filter(({ port, node }) => !known.some((one) => one.port === port && one.node === node))
      .map(({ port, node, nodePort = port }) => ({
        site: site.name,
        router: site.router,
        port,
        node,
        address: nodes.find(({ name }) => name === node)?.lanAddresses?.[0] ?? '',
        nodePort,
      }));
  });
}
