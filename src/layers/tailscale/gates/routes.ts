import { count } from '../../../core/text.js';
import { inRange } from '../../../model/address.js';
import type { Inventory } from '../../../model/inventory.js';
import { quote } from '../../../remote/quote.js';
import { all, integer } from '../../../remote/reply-lines.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { pollFunction } from '../../shared/poll/poll.js';
import { parameters, type WithinParams, withinParameter } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { TAILNET_LINK } from '../daemon/paths.js';
import { tailnetAddresses } from '../facts.js';
import { offeredTo } from '../inventory/members.js';
import type { SeenStatus } from '../live/status.js';
import { membershipIn, notInTailnet, notUp, type WithStatus, withStatus } from './members.js';
import routesScript from './routes.sh';

/** A range that a node is to reach through another, and an address there that must answer. */
interface Wanted {
  readonly via: string;
  readonly range: string;
  readonly target: string | undefined;
}

interface Passed {
  readonly device: string;
  /** Milliseconds; undefined if nothing came back. */
  readonly took?: number;
}

interface Measured {
  readonly passed: ReadonlyMap<number, Passed>;
  readonly hasPing: boolean;
}

type Context = GateContext<WithinParams>;

/** A machine behind the gateway proves more than the gateway itself, and a node more than a router, which may not answer. */
export function targetIn({ nodes, sites }: Inventory, via: string, range: string): string | undefined {
  const lan = (name: string): string[] =>
    nodes.filter((node) => node.name === name).flatMap(({ lanAddresses }) => lanAddresses);
  const others = nodes.filter(({ name }) => name !== via).flatMap(({ name }) => lan(name));
  const routers = sites.flatMap(({ router }) => router ?? []);
  return [...others, ...lan(via), ...routers].find((address) => inRange(address, range));
}

/** What an accepting node takes from others. */
function wantedOn(context: Context, node: string): readonly Wanted[] {
  const membership = membershipIn(context, node);
  if (!membership?.member.accepts) return [];
  return offeredTo(membership.tailnet, node)
    .filter(({ via }) => context.counts?.(node, via) !== false)
    .map(({ via, range }) => ({ via, range, target: targetIn(context.inventory, via, range) }));
}

interface Judged {
  readonly context: Context;
  readonly node: string;
  readonly status: SeenStatus;
  readonly measured: Measured;
}

function judge({ context, node, status, measured }: Judged, wanted: Wanted, index: number): Finding {
  const { via, range, target } = wanted;
  const base = { node, peer: via, expected: `reaches ${range} through ${via}` };
  const gateway = status.peers.find(({ addresses }) =>
    addresses.some((one) => tailnetAddresses(context.facts, via).includes(one)),
  );
  if (gateway === undefined) {
    return {
      ...base,
      go: false,
      seen: `${via} is not shown to ${node}`,
      fix: 'see the gate tailscale-peers',
    };
  }
  if (!status.peers.some(({ routes }) => routes.includes(range))) {
    const fix = `approve it on the login server: headscale nodes approve-routes, or autoApprovers in the policy`;
    return {
      ...base,
      go: false,
      seen: `the login server gives ${node} no route to ${range}: it is not approved`,
      fix,
    };
  }
  if (target === undefined) {
    const fix = `give a node behind ${via} its lan address, or the site its router`;
    return {
      ...base,
      go: true,
      noted: true,
      seen: 'a route; no address there is known that could answer',
      fix,
    };
  }
  if (!measured.hasPing)
    return { ...base, go: false, seen: 'no ping', fix: `install iputils-ping on ${node}` };
  const { device, took } = measured.passed.get(index) ?? { device: 'none' };
  if (device !== TAILNET_LINK) {
    const fix = `look at \`ip rule\` and \`ip route show table 52\` on ${node}`;
    return { ...base, go: false, seen: `${target} is sent to ${device}, not to ${TAILNET_LINK}`, fix };
  }
  if (took !== undefined) return { ...base, go: true, seen: `${target} answers in ${took} ms` };
  const { name, netfilter } = membershipIn(context, via)?.tailnet ?? {};
  const way =
    netfilter === 'on'
      ? `check ip_forward and the FORWARD chain (Docker, UFW) of ${via}`
      : `write "netfilter: on" in network ${name}, or have the router there send 100.64.0.0/10 to ${via}, which masquerades nothing without Tailscale's rules`;
  return {
    ...base,
    go: false,
    seen: `no answer from ${target}`,
    fix: `${way}; and check that ${target} answers ${via}`,
  };
}

/** Packets pass to what members advertise, from each member that accepts routes. */
export const tailscaleRoutes: GateKind<WithinParams, WithStatus<Measured>> = {
  kind: 'tailscale-routes',
  schema: parameters(withinParameter),
  patience: 20,
  settling: 10,

  concerns: ({ tailnets = [] }) =>
    tailnets.some(({ members }) =>
      members.some(
        ({ node, accepts }) =>
          accepts && members.some((one) => one.node !== node && one.advertises.length > 0),
      ),
    ),

  probe(context, node) {
    const lines = wantedOn(context, node.name).flatMap(({ target }, index) =>
      target === undefined ? [] : [`${index} ${target}`],
    );
    const script = `${pollFunction(context.patience)}routes=${quote(lines.join('\n'))}\n${routesScript}`;
    return withStatus(script, (answer) => ({
      hasPing: all(answer, 'no-ping').length === 0,
      passed: new Map(
        all(answer, 'route').map(([number, device = 'none', took = 'lost']) => [
          integer(number),
          { device, ...(took !== 'lost' && { took: Number(took) }) },
        ]),
      ),
    }));
  },

  verdict(context, readings) {
    const findings = [...readings.seen].flatMap(([node, { status, measured }]): Finding[] => {
      if (membershipIn(context, node) === undefined) return [notInTailnet(node)];
      const down = notUp(node, status);
      if (down !== undefined || status === undefined) return down === undefined ? [] : [down];
      const wanted = wantedOn(context, node);
      if (wanted.length === 0)
        return [{ go: true, node, expected: 'no routes of others', seen: 'accepts none' }];
      return wanted.map((one, index) => judge({ context, node, status, measured }, one, index));
    });
    const routes = findings.filter(({ peer }) => peer !== undefined);
    return conclude(readings, findings, () => {
      const passing = routes.filter(({ go }) => go).length;
      return `${passing} of ${count(routes.length, 'route')} pass packets`;
    });
  },
};
