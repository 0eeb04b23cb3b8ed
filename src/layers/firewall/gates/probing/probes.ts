import { probesProgram } from '../../../../packets/probes/program.js';
import type { PacketProgram } from '../../../../packets/program.js';
import { fromLines, GarbledReply } from '../../../../remote/reply-lines.js';
import type { GateContext, PacketQuestion } from '../../../gate.js';
import { membershipOf } from '../../../tailscale/inventory/members.js';
import { READ_ADMISSION } from '../../../tailscale/live/admission.js';
import { portWord } from '../../validation.js';
import { parseSeen, type Seen } from './seen.js';
import type { Port } from './sockets.js';
import { type Way, waysBetween } from './ways.js';

/** One packet that a node sends. Its number is its place among all that the node sends. */
export interface Probe extends Port {
  readonly way: Way;
  /** As it is when it comes to the node: a router may forward another port. */
  readonly arrives: number;
  /** The inventory says that it has to get in. */
  readonly must: boolean;
}

/** With many nodes, not each has to look at all the others: a gate may choose so many. */
export const SENDERS = 6;

export type PlannedPort = Port & { readonly must: boolean };

/** What a gate probes. */
export interface Plan {
  /** Of ways of one kind into a node, those from so many others are probed; default: from all. */
  readonly senders?: number;
  /** Whether it asks about a way at all; default: about each. */
  readonly asksAbout?: (way: Way) => boolean;
  /** On a way to a node, by the ports as they arrive there. */
  readonly ports: (way: Way) => readonly PlannedPort[];
}
const PORTS = 4_000;

type Probes = ReadonlyMap<string, readonly Probe[]>;

const planned = new WeakMap<GateContext<unknown>, Probes>();

/** All that a gate sends, by sender. */
export function probesOf(context: GateContext<unknown>, plan: Plan): Probes {
  const known = planned.get(context);
  if (known) return known;
  const names = context.inventory.nodes
    .map(({ name }) => name)
    .filter((name) => context.measured.includes(name));
  const asked = (from: string, to: string) =>
    judgedWays(context, from, to).filter((way) => plan.asksAbout?.(way) !== false);
  const chosen = names.flatMap((to) =>
    limited(
      names.flatMap((from) => asked(from, to)),
      plan.senders,
    ),
  );
  const probes = new Map(
    names.map((from) => [
      from,
      chosen.filter((way) => way.from === from).flatMap((way) => probesOn(way, once(plan.ports(way)))),
    ]),
  );
  planned.set(context, probes);
  return probes;
}

function judgedWays(
  { inventory, counts, facts }: GateContext<unknown>,
  from: string,
  to: string,
): readonly Way[] {
  return counts?.(from, to) === false ? [] : waysBetween(inventory, from, to, facts);
}

function limited(ways: readonly Way[], senders = Number.POSITIVE_INFINITY): readonly Way[] {
  const kind = ({ via, address }: Way): string => `${via} ${address}`;
  return ways.filter((way, index) => {
    const before = ways.slice(0, index).filter((one) => kind(one) === kind(way) && one.from !== way.from);
    return new Set(before.map(({ from }) => from)).size < senders;
  });
}

/** Each port once: the second SYN to one would be answered by a reset. */
function once(ports: readonly PlannedPort[]): readonly PlannedPort[] {
  const found = new Map<string, PlannedPort>();
  for (const port of ports) {
    const key = portWord(port);
    found.set(key, { ...port, must: port.must || found.get(key)?.must === true });
  }
  return [...found.values()];
}

function probesOn(way: Way, ports: readonly PlannedPort[]): readonly Probe[] {
  const { forward } = way;
  if (forward === undefined) return ports.map((port) => ({ ...port, way, arrives: port.port }));
  return ports
    .filter(({ protocol, port }) => protocol === forward.protocol && port === forward.nodePort)
    .map((port) => ({ ...port, way, port: forward.port, arrives: port.port }));
}

/** UDP port of the run, at which the nodes call each other. */
function controlPort(token: string, { index, of } = { index: 1, of: 1 }): number {
  let sum = 0;
  for (const letter of token) sum = (sum * 31 + letter.charCodeAt(0)) % PORTS;
  const turns = Math.max(1, Math.floor(PORTS / of));
  return 61_000 + (sum % turns) * of + ((index - 1) % PORTS);
}

interface Probing {
  readonly plan: Plan;
  readonly traced: boolean;
}

/** Has a node send its probes, and listen for those of the others. */
export function probing(
  context: GateContext<unknown>,
  node: string,
  { plan, traced }: Probing,
): PacketQuestion<Seen> {
  const own = probesOf(context, plan).get(node) ?? [];
  return {
    packets: programFor(context, node, { plan, traced }),
    parse: fromLines((lines) => {
      const seen = parseSeen(lines);
      if (seen.perl && seen.sent.size !== own.length)
        throw new GarbledReply(`expected ${own.length} outcomes, got ${seen.sent.size}`);
      return seen;
    }),
  };
}

function programFor(context: GateContext<unknown>, node: string, { plan, traced }: Probing): PacketProgram {
  const all = probesOf(context, plan);
  const own = all.get(node) ?? [];
  const expected = [...all]
    .filter(([, probes]) => probes.some(({ way }) => way.to === node))
    .map(([from]) => from);
  const peers = new Set([...own.map(({ way }) => way.to), ...expected]);
  const data = {
    self: node,
    senders: [...all.keys()],
    control: controlPort(context.token, context.lane),
    sends: own.map(({ way: { to, address }, protocol, port, must }) => ({
      target: to,
      protocol,
      address,
      port,
      must,
    })),
    calls: [...peers].flatMap((peer) =>
      addressesTo(context, node, peer).map((address) => ({ peer, address })),
    ),
    expected,
    traced,
    reads: membershipOf(context.inventory, node) === undefined ? '' : READ_ADMISSION,
    ipv6: own.some(({ way }) => way.address.includes(':')) ? ['lo'] : [],
  };
  return probesProgram(data, context);
}

/** Where a node can call a peer, whichever of the two sends. */
function addressesTo(
  { inventory, facts }: GateContext<unknown>,
  from: string,
  to: string,
): readonly string[] {
  const ways = waysBetween(inventory, from, to, facts).filter(({ forward }) => forward === undefined);
  return [...new Set(ways.map(({ address }) => address))];
}
