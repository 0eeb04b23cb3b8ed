import { count } from '../../../core/text.js';
import type { Network } from '../../../model/inventory.js';
import { forwardsPackets } from '../../../model/shape.js';
import { fromLines, GarbledReply } from '../../../remote/reply-lines.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { type NetworkParams, networkParameter, parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { judgeForwarding } from './forwarding/judge.js';
import { forwardingProbe } from './forwarding/probe.js';
import { parseForwardingProbe, type Seen } from './forwarding/seen.js';
import { networksOn, notAMember } from './shared/members.js';

/** The networks in which a node forwards packets, and what was read of it. */
interface Passing {
  readonly networks: readonly Network[];
  readonly seen: Seen;
}

/**
 * Hubs, relays and gateways forward what they should: the kernel forwards, our table is complete and loaded at boot, and no
 * other firewall drops the packets.
 */
export const forwarding: GateKind<NetworkParams, Passing | undefined> = {
  kind: 'forwarding',
  schema: parameters(networkParameter),
  patience: 0,

  concerns(inventory, networks) {
    return networks.some((network) =>
      network.members.some(({ node }) => forwardsPackets(inventory, network, node)),
    );
  },

  probe(context, node) {
    const networks = forwardedOn(context, node.name);
    return {
      script: networks.length === 0 ? 'echo end\n' : forwardingProbe(context.inventory, networks, node.name),
      parse: fromLines((lines) => {
        const networks = forwardedOn(context, node.name);
        if (networks.length > 0) return { networks, seen: parseForwardingProbe(lines, networks) };
        if (lines.length > 0) throw new GarbledReply('expected nothing');
        return undefined;
      }),
    };
  },

  verdict(context, readings) {
    const findings = [...readings.seen].flatMap(([node, read]): readonly Finding[] => {
      if (read === undefined) {
        if (networksOn(context, node).length === 0) return [notAMember(node)];
        return [{ go: true, node, expected: 'nothing to forward', seen: 'not a hub, relay or gateway' }];
      }
      return read.networks.flatMap((network, number) => {
        const own = read.seen.networks[number];
        return own === undefined ? [] : judgeForwarding({ context, network, node, seen: read.seen, own });
      });
    });
    const stopped = new Set(findings.filter(({ go }) => !go).map(({ node }) => node));
    const nodes = [...readings.seen].filter(([, read]) => read !== undefined).map(([node]) => node);
    return conclude(readings, findings, () => {
      const right = nodes.filter((node) => !stopped.has(node)).length;
      return `${right} of ${count(nodes.length + readings.unread.length, 'node')} forward${right === 1 && nodes.length === 1 ? 's' : ''} as expected`;
    });
  },
};

function forwardedOn(context: GateContext<NetworkParams>, node: string): readonly Network[] {
  return networksOn(context, node).filter((network) => forwardsPackets(context.inventory, network, node));
}
