import { count } from '../../../core/text.js';
import { TOO_LONG } from '../../../facts/firewall/read.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { noPerl } from '../../shared/packet-answers.js';
import { parameters, type WithinParams, withinParameter } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { judgePair } from './exposure/judge.js';
import { outcomesOf } from './probing/outcome.js';
import { exposurePlan, heldOn, heldPorts } from './probing/ports.js';
import { probesOf, probing } from './probing/probes.js';
import type { Seen } from './probing/seen.js';
import { HELD_PORTS } from './probing/sockets.js';

/** Of a closed node, exactly the ports that an opening names are open to each of the others, at each of its addresses. */
export const exposure: GateKind<WithinParams, Seen> = {
  kind: 'exposure',
  schema: parameters(withinParameter),
  patience: 10,

  concerns({ closed, nodes }) {
    return closed.length > 0 && nodes.length > 1;
  },

  survey({ inventory }, { name }) {
    return inventory.closed.includes(name) ? HELD_PORTS : undefined;
  },

  probe(context, node) {
    return probing(context, node.name, { plan: exposurePlan(context), traced: false });
  },

  verdict(context, readings) {
    const probes = probesOf(context, exposurePlan(context));
    const findings = [...probes].flatMap(([from, own]) => {
      const outcomes = outcomesOf(from, own, readings.seen);
      const targets = [...new Set(own.map(({ way }) => way.to))].filter((to) => readings.seen.has(to));
      return targets.flatMap((to) =>
        judgePair(
          context,
          { from, to, outcomes: outcomes.filter(({ probe }) => probe.way.to === to) },
          readings.seen,
        ),
      );
    });
    const pairs = withUnproven(findings);
    const senders = new Set(pairs.map(({ node }) => node));
    const probed = new Set(pairs.map(({ peer }) => peer));
    const others = [...readings.seen].flatMap(([node, { perl }]): readonly Finding[] => {
      if (!perl) return [noPerl(node)];
      const blind = [...unsurveyed(context, node), ...untranslated(context, node)];
      if (blind.length > 0 || senders.has(node)) return blind;
      const seen = probed.has(node) ? 'the others have probed it' : whyIdle(context, node);
      return [{ go: true, node, expected: 'nothing to probe from here', seen }];
    });
    const ports = [...probes.values()].flat().length;
    return conclude(readings, [...others, ...pairs], () => {
      const right = pairs.filter(({ go, noted }) => go && !noted).length;
      return `${right} of ${count(pairs.length, 'pair')} as the firewall rules say (${count(ports, 'port')} probed)`;
    });
  },
};

/** One pair that isn't measured is a note; a closed node of which none is might as well be another machine. */
function withUnproven(pairs: readonly Finding[]): readonly Finding[] {
  const proven = new Set(pairs.filter(({ noted }) => noted !== true).map(({ peer }) => peer));
  return pairs.map((finding) => {
    if (finding.noted !== true || proven.has(finding.peer)) return finding;
    const { noted, ...unproven } = finding;
    return { ...unproven, go: false };
  });
}

function unsurveyed(context: GateContext<unknown>, node: string): readonly Finding[] {
  if (!context.inventory.closed.includes(node) || heldPorts(context, node) !== undefined) return [];
  const fix = `run the gate again; if it persists, check \`ss -tulpn\` on ${node}`;
  return [
    { go: false, node, expected: 'the ports that something listens on', seen: 'they could not be read', fix },
  ];
}

function untranslated(context: GateContext<unknown>, node: string): readonly Finding[] {
  if (heldOn(context, node)?.translated !== false) return [];
  const fix = `have its rules on ${node} look up addresses in sets rather than one by one`;
  const expected = 'the ports that rules translate are probed';
  return [{ go: true, noted: true, node, expected, seen: `they are not known: ${TOO_LONG}`, fix }];
}

function whyIdle({ inventory }: GateContext<unknown>, node: string): string {
  return inventory.closed.includes(node)
    ? 'no other node that is measured can reach it'
    : 'no firewall rule names it, and it can reach no node that one names';
}
