import type { GateContext } from '../../../gate.js';
import { TAILNET_LINK } from '../../../tailscale/daemon/paths.js';
import { mustArrive, openingsOf, probedPorts } from './openings.js';
import { type Plan, SENDERS } from './probes.js';
import { distinct, type Held, type HeldPort, type Port } from './sockets.js';

/** Of the ports that something has on a node, so many are probed. */
const MOST_HELD = 128;

/** What is often open by mistake; of what else is closed, a sample. */
const COMMON: readonly Port[] = [
  ...[21, 22, 23, 25, 53, 80, 110, 111, 139, 143, 389, 443, 445, 631, 873, 2049, 2375, 3000, 3306, 3389].map(
    tcp,
  ),
  ...[5000, 5432, 5900, 6379, 6443, 8000, 8080, 8443, 9000, 9090, 9100, 9200, 10_250, 11_211, 27_017].map(
    tcp,
  ),
  ...[53, 69, 111, 123, 137, 161, 500, 1900, 5353, 11_211].map(
    (port) => ({ protocol: 'udp', port }) as const,
  ),
];

function tcp(port: number): Port {
  return { protocol: 'tcp', port };
}

/** Answers to leases, which every firewall lets in. */
const isLease = ({ protocol, port }: Port): boolean => protocol === 'udp' && (port === 68 || port === 546);

/** Tailscaled itself answers other members there, before any firewall of the machine sees their packets. */
const isPeerApi = ({ protocol, holder }: HeldPort): boolean =>
  protocol === 'tcp' && holder?.startsWith('tailscaled') === true;

/** What has the ports of a node; undefined if it could not be read. */
export function heldPorts(context: GateContext<unknown>, node: string): readonly HeldPort[] | undefined {
  return heldOn(context, node)?.ports;
}

export function heldOn({ surveyed }: GateContext<unknown>, node: string): Held | undefined {
  return surveyed?.get(node) as Held | undefined;
}

const NO_PORTS = { openings: [], peerApi: new Set<number>(), all: [] };

/** On every way to a closed node: its openings, the ports that it listens on or translates, those open elsewhere, and a sample. */
export function exposurePlan(context: GateContext<unknown>): Plan {
  const { inventory } = context;
  const elsewhere = inventory.openings.flatMap(probedPorts);
  const ports = new Map(
    inventory.closed.map((node) => {
      const held = heldPorts(context, node) ?? [];
      const openings = openingsOf(inventory, node, held);
      const all = [...openings.flatMap(probedPorts), ...held.slice(0, MOST_HELD), ...elsewhere, ...COMMON];
      const peerApi = new Set(held.filter(isPeerApi).map(({ port }) => port));
      return [
        node,
        { openings, peerApi, all: distinct(all.map(portOnly)).filter((port) => !isLease(port)) },
      ] as const;
    }),
  );
  return {
    senders: SENDERS,
    ports: (way) => {
      const { openings, peerApi, all } = ports.get(way.to) ?? NO_PORTS;
      const isJudged = ({ protocol, port }: Port) =>
        way.device !== TAILNET_LINK || protocol !== 'tcp' || !peerApi.has(port);
      return all.filter(isJudged).map((port) => ({ ...port, must: mustArrive(openings, port, way) }));
    },
  };
}

const portOnly = ({ protocol, port }: Port): Port => ({ protocol, port });
