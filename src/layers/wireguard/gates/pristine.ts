import { count } from '../../../core/text.js';
import { TOO_LONG } from '../../../facts/firewall/read.js';
import { networksOf } from '../../../model/atlas.js';
import { inParts, mapped } from '../../../remote/question.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { type NetworkParams, networkParameter, parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { ownersFact } from '../ownership/probe.js';
import { leftFact } from '../retire/probe.js';
import { conflicts, ipv6Problem } from './pristine/conflicts.js';
import { leftovers } from './pristine/leftovers.js';
import { pristineQuestion } from './pristine/probe.js';
import { parsePristine, type Seen } from './pristine/seen.js';
import { callersOf } from './shared/callers.js';
import { ipv6Interfaces } from './shared/ipv6.js';
import { addressesOf, isIpv6, networksOn } from './shared/members.js';

function judge(context: GateContext<NetworkParams>, node: string, seen: Seen): readonly Finding[] {
  const networks = networksOn(context, node);
  const withIpv6 = networks.filter((network) => addressesOf(network, node).some(isIpv6));
  const problems = [
    ...(seen.ipv6Off ? withIpv6.map((network) => ipv6Problem(node, network)) : []),
    ...leftovers(node, seen),
    ...networks.flatMap((network, number) => {
      const own = seen.networks[number];
      return own === undefined ? [] : conflicts(context.inventory, network, node, { own, seen });
    }),
  ];
  if (problems.length > 0) return problems.map((problem) => ({ go: false, node, ...problem }));
  if (networks.length > 0 && seen.tables === undefined) {
    const expected = "no firewall that drops peers' packets";
    const fix = `find on ${node} what its rules drop: \`nft -t list ruleset\` shows them without their sets`;
    return [{ go: true, noted: true, node, expected, seen: `not known: ${TOO_LONG}`, fix }];
  }
  const ours = seen.networks.some(({ owner }) => owner === 'ours');
  return [
    {
      go: true,
      node,
      expected: 'nothing that conflicts with the network',
      seen: ours ? 'only what Bridgehead made, and no conflicts' : 'clean',
    },
  ];
}

/** A clean baseline: nothing is left of an earlier cluster or VPN, and nothing conflicts with the networks. */
export const pristine: GateKind<NetworkParams, Seen> = {
  kind: 'pristine',
  judgesAhead: true,
  schema: parameters(networkParameter),
  patience: 0,

  probe(context, node) {
    const wanted = networksOf(context.inventory, node.name).map((network) => network.interface);
    const memberships = networksOn(context, node.name).map((network) => ({
      network,
      callers: callersOf(context.inventory, network, node.name),
    }));
    const parts = inParts({
      words: pristineQuestion(memberships, ipv6Interfaces(context, node.name), wanted),
      owners: ownersFact(memberships.map(({ network }) => network)),
      left: leftFact(context.inventory, node.name),
    });
    return mapped(parts, ({ words, ...others }) => parsePristine(words, node.name, context, others));
  },

  verdict(context, readings) {
    const findings = [...readings.seen].flatMap(([node, seen]) => judge(context, node, seen));
    const problems = findings.filter(({ go }) => !go);
    const dirty = new Set(problems.map(({ node }) => node));
    const nodes = readings.seen.size + readings.unread.length;
    return conclude(readings, findings, () => {
      const clean = `${readings.seen.size - dirty.size} of ${count(nodes, 'node')} clean`;
      return problems.length === 0 ? clean : `${clean}, ${count(problems.length, 'leftover')} or conflicts`;
    });
  },
};
