import { count } from '../../../core/text.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { noPerl } from '../../shared/packet-answers.js';
import { parameters, type WithinParams, withinParameter } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { TAILNET_LINK } from '../../tailscale/daemon/paths.js';
import { tailnetAddresses } from '../../tailscale/facts.js';
import { notInTailnet } from '../../tailscale/gates/members.js';
import { membershipOf } from '../../tailscale/inventory/members.js';
import { portWord } from '../validation.js';
import { mustArrive, openingsOf, probedPorts } from './probing/openings.js';
import { isUnheard, type Outcome, outcomesOf } from './probing/outcome.js';
import { type Plan, probesOf, probing } from './probing/probes.js';
import type { Seen } from './probing/seen.js';
import { wayWords } from './probing/ways.js';
import { whyStopped } from './probing/why-stopped.js';

/** What the inventory wants to pass over a tailnet does: its policy lets it in, and so does the firewall of the node that it comes to. */
export const tailscaleAcl: GateKind<WithinParams, Seen> = {
  kind: 'tailscale-acl',
  schema: parameters(withinParameter),
  patience: 10,
  // The login server may still be sending a policy that has changed.
  settling: 10,

  concerns({ openings }) {
    return openings.some(({ interface: device }) => device === TAILNET_LINK);
  },

  probe(context, node) {
    return probing(context, node.name, { plan: tailscaleAclPlan(context), traced: true });
  },

  verdict(context, readings) {
    const outcomes = [...probesOf(context, tailscaleAclPlan(context))].flatMap(([from, own]) =>
      outcomesOf(from, own, readings.seen),
    );
    const ports = outcomes.map((outcome) => judge(outcome, readings.seen));
    const senders = new Set(ports.map(({ node }) => node));
    const others = [...readings.seen].flatMap(([node, { perl }]): readonly Finding[] => {
      if (!perl) return [noPerl(node)];
      return senders.has(node) ? [] : [idle(context, node)];
    });
    return conclude(readings, [...others, ...ports], () => {
      const passed = ports.filter(({ go }) => go).length;
      return `${passed} of ${count(ports.length, 'port')} reached over the tailnet`;
    });
  },
};

/** From each member, what it has to reach at each of the others. A policy may judge any two of them differently. */
export function tailscaleAclPlan({ inventory }: GateContext<unknown>): Plan {
  return {
    asksAbout: ({ device }) => device === TAILNET_LINK,
    ports: (way) => {
      const openings = openingsOf(inventory, way.to);
      return openings
        .flatMap(probedPorts)
        .filter((port) => mustArrive(openings, port, way))
        .map((port) => ({ ...port, must: true }));
    },
  };
}

function judge(outcome: Outcome, seen: ReadonlyMap<string, Seen>): Finding {
  const { probe, end } = outcome;
  const { from, to } = probe.way;
  const port = portWord(probe);
  const base = { node: from, peer: to, expected: `${port} at ${wayWords(probe.way)} is reached` };
  if (end.kind !== 'passed') return { ...base, go: false, ...whyStopped(outcome, seen) };
  const passes = "the tailnet's policy and the firewall let it in";
  if (!isUnheard(outcome)) return { ...base, go: true, seen: passes };
  const fix = `start what is to be reached at ${port} of ${to}`;
  return { ...base, go: true, noted: true, seen: `${passes}, and nobody listens on it`, fix };
}

/** Of a node that has sent nothing: why. */
function idle({ inventory, facts }: GateContext<unknown>, node: string): Finding {
  if (membershipOf(inventory, node) === undefined) return notInTailnet(node);
  if (tailnetAddresses(facts, node).length > 0) {
    const seen = 'no port that it has to reach over the tailnet';
    return { go: true, node, expected: 'nothing to send', seen };
  }
  const fix = `check what the gate tailscale-peers reports for ${node}`;
  return { go: false, node, expected: 'in the tailnet', seen: 'it has no address there', fix };
}
