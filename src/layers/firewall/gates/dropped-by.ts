import { count } from '../../../core/text.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { noPerl } from '../../shared/packet-answers.js';
import { parameters, type WithinParams, withinParameter } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { parsePort } from '../inventory/ports.js';
import { portWord } from '../validation.js';
import { mustArrive, openingFor, openingsOf, probedPorts } from './probing/openings.js';
import { type Outcome, outcomesOf } from './probing/outcome.js';
import { type Plan, probesOf, probing, SENDERS } from './probing/probes.js';
import type { Seen } from './probing/seen.js';
import { wayWords } from './probing/ways.js';
import { isForbidden } from './probing/why-lost-in-tailnet.js';
import { whyStopped } from './probing/why-stopped.js';

export type DroppedByParams = WithinParams & {
  readonly from?: string;
  readonly to?: string;
  readonly port?: string;
};

const ownParameters = {
  from: { type: 'string', minLength: 1, description: 'Send only from this node.' },
  to: { type: 'string', minLength: 1, description: 'Send only to this node.' },
  port: {
    type: 'string',
    pattern: '^[1-9][0-9]{0,4}/(tcp|udp)$',
    'x-message': 'write the port with its protocol, such as 8123/tcp',
    description: 'The port, such as 8123/tcp; default: every port that has to be reachable there.',
  },
} as const;

/** Packets that nodes have to receive get through; of one that doesn't, which rule of whose dropped it. */
export const droppedBy: GateKind<DroppedByParams, Seen> = {
  kind: 'dropped-by',
  schema: parameters({ ...ownParameters, ...withinParameter }),
  patience: 10,

  concerns({ openings, nodes }) {
    return openings.length > 0 && nodes.length > 1;
  },

  probe(context, node) {
    return probing(context, node.name, { plan: droppedByPlan(context), traced: true });
  },

  verdict(context, readings) {
    const outcomes = [...probesOf(context, droppedByPlan(context))].flatMap(([from, own]) =>
      outcomesOf(from, own, readings.seen),
    );
    const pairs = outcomes.map((outcome) => judge(outcome, readings.seen));
    const senders = new Set(pairs.map(({ node }) => node));
    const others = [...readings.seen].flatMap(([node, { perl }]): readonly Finding[] => {
      if (!perl) return [noPerl(node)];
      if (senders.has(node)) return [];
      return [
        { go: true, node, expected: 'nothing to send', seen: 'no port that it has to reach at another node' },
      ];
    });
    const findings = [...unknownNames(context), ...others, ...pairs];
    return conclude(readings, findings, () => {
      const passed = pairs.filter(({ go, noted }) => go && !noted).length;
      return `${passed} of ${count(pairs.length, 'port')} reached`;
    });
  },
};

/** Towards each node, the port that is asked about, or all that have to get in. */
export function droppedByPlan({ inventory, params }: GateContext<DroppedByParams>): Plan {
  const parsed = params.port === undefined ? undefined : parsePort(params.port);
  const asked = parsed?.ok && parsed.port !== 'ssh' ? [{ ...parsed.port, must: true }] : undefined;
  return {
    senders: SENDERS,
    asksAbout: ({ from, to }) => (params.from ?? from) === from && (params.to ?? to) === to,
    ports: (way) => {
      if (asked !== undefined) return asked;
      const openings = openingsOf(inventory, way.to);
      return openings
        .flatMap(probedPorts)
        .filter((port) => openingFor(openings, port, way) !== undefined)
        .map((port) => ({ ...port, must: mustArrive(openings, port, way) }));
    },
  };
}

function unknownNames({ inventory, params, measured }: GateContext<DroppedByParams>): readonly Finding[] {
  const [node = ''] = measured;
  const names = inventory.nodes.map(({ name }) => name);
  return (['from', 'to'] as const).flatMap((key) => {
    const name = params[key];
    if (name === undefined || names.includes(name)) return [];
    const fix = `change "${key}" of the gate to one of ${names.join(', ')}`;
    return [{ go: false, node, expected: `a node named ${name}`, seen: 'the inventory has none', fix }];
  });
}

function judge(outcome: Outcome, seen: ReadonlyMap<string, Seen>): Finding {
  const { probe, end } = outcome;
  const { from, to } = probe.way;
  const base = { node: from, peer: to, expected: `${portWord(probe)} at ${wayWords(probe.way)} is reached` };
  if (end.kind === 'passed') return { ...base, go: true, seen: 'it passes the firewall' };
  const why = whyStopped(outcome, seen);
  // What anyone may reach, the members of a tailnet may still be kept from.
  const isKept = end.kind === 'lost' && !probe.must && isForbidden(probe, seen.get(to)?.admission);
  return isKept ? { ...base, go: true, noted: true, ...why } : { ...base, go: false, ...why };
}
