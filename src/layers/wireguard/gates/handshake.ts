import { count } from '../../../core/text.js';
import { fromLines } from '../../../remote/reply-lines.js';
import type { Finding, GateKind } from '../../gate.js';
import { parameters, patientParameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { publicKeyFact } from '../facts.js';
import { nodePeersOf, probeHandshakes } from './handshake/callers.js';
import { deadIn, type JudgedPair } from './handshake/dead-sessions.js';
import { clientFindings, judgePeer } from './handshake/judge.js';
import { type HandshakeParams, SESSION_SECONDS } from './handshake/params.js';
import { parseShakes, type Shakes } from './handshake/seen.js';
import { type InNetwork, networksOn, notAMember } from './shared/members.js';

/** Every direct peer has shaken hands recently; if not, a packet is sent to make it. */
export const handshake: GateKind<HandshakeParams, readonly InNetwork<Shakes>[]> = {
  kind: 'handshake',
  readsKeys: true,
  schema: parameters({
    ...patientParameters,
    maxAge: {
      type: 'integer',
      minimum: SESSION_SECONDS,
      description: 'Seconds; WireGuard does not renew sessions younger than 180.',
    },
  }),
  patience: 15,
  settling: 4,

  probe(context, node) {
    return {
      script: probeHandshakes(context, node.name),
      parse: fromLines((lines) => parseShakes(lines, networksOn(context, node.name))),
    };
  },

  verdict(context, readings) {
    const demanded: JudgedPair[] = [];
    const findings = [...readings.seen].flatMap(([node, networks]): readonly Finding[] => {
      if (networks.length === 0) return [notAMember(node)];
      const pairs = networks.flatMap(({ network, seen }) =>
        nodePeersOf(context, network, node).map((peer) => {
          const there = readings.seen.get(peer.node)?.find((one) => one.network === network)?.seen;
          const finding = judgePeer(context, network, node, peer, seen, there);
          const key = context.facts.get(peer.node, publicKeyFact(network.interface)) ?? '';
          const shaken = (seen.shakes.get(key) ?? 0) > 0;
          demanded.push({ network: network.name, finding, shaken });
          return finding;
        }),
      );
      const clients = networks.flatMap(({ network, seen }) => clientFindings(context, network, node, seen));
      if (pairs.length + clients.length > 0) return [...pairs, ...clients];
      return [{ go: true, node, expected: 'no direct peer', seen: 'none' }];
    });
    const verdict = conclude(readings, findings, () => {
      const fresh = demanded.filter(({ finding }) => finding.go).length;
      return `${fresh} of ${count(demanded.length, 'handshake')} fresh`;
    });
    return { ...verdict, recall: deadIn(context, demanded) };
  },
};
