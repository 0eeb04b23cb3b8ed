import { count } from '../../../core/text.js';
import type { Network } from '../../../model/inventory.js';
import { type PingTarget, pingProgram } from '../../../packets/programs/ping-program.js';
import { all, fromLines, GarbledReply, integer } from '../../../remote/reply-lines.js';
import type { Finding, GateContext, GateKind, PairReading } from '../../gate.js';
import { saysIpv6Off } from '../../shared/packet-answers.js';
import { type PatientParams, parameters, patientParameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { explainIpv6, ipv6Interfaces, nodesWithoutIpv6 } from './shared/ipv6.js';
import { inNetwork, isIpv6, networksOn, notAMember, othersOf } from './shared/members.js';
import { waysOf } from './shared/pairs.js';

interface Answer {
  readonly answered: boolean;
  readonly sent: number;
  /** Milliseconds for a `pong`, the reason for a `lost`. */
  readonly detail: string;
  /** Sent before the one that was answered. */
  readonly lost: number;
}

interface Seen {
  readonly ipv6Off: boolean;
  readonly pings: readonly (PingTarget & { readonly answer: Answer })[];
}

function targetsOf(context: GateContext<PatientParams>, node: string): readonly PingTarget[] {
  return networksOn(context, node).flatMap((network) =>
    othersOf(network, node)
      .filter(({ node: to }) => context.counts?.(node, to) !== false)
      .flatMap(({ node: to }) =>
        waysOf({ network, from: node, to }).map(({ address }) => ({ network, peer: to, address })),
      ),
  );
}

interface AskedPair {
  readonly node: string;
  readonly network: Network;
  readonly peer: string;
  readonly answers: readonly { readonly address: string; readonly answer: Answer }[];
  /** Whether the peer's own pings to the node were answered; undefined if that wasn't measured. */
  readonly back: boolean | undefined;
}

/** Answers to the peer's own pings have passed the tunnel both ways, so it is the echo request that is refused. */
function fixFor({ node, network, peer, back }: AskedPair): string {
  const name = network.interface;
  if (back === true) {
    return `the tunnel works, since ${node} answers ${peer}: ${peer} drops ICMP echo requests on ${name}; check its firewall and rp_filter`;
  }
  const others = 'check what the gates peers, handshake and endpoints report for this pair';
  if (back === false) return `nothing passes between ${node} and ${peer} either way: ${others}`;
  return `${others}; if they are GO, check the firewall, rp_filter and routes of ${peer}`;
}

/** What the plain `ping` of a node without perl reports instead of milliseconds. */
const UNTIMED = '0';

/** Of the slower family, if there are two. */
function pairReading(network: Network, answers: AskedPair['answers']): PairReading {
  const lost = Math.max(...answers.map(({ answer }) => answer.lost));
  const isTimed = answers.every(({ answer: { answered, detail } }) => answered && detail !== UNTIMED);
  return {
    network: network.name,
    unit: 'ms',
    ...(isTimed && { value: Math.max(...answers.map(({ answer }) => Number(answer.detail))) }),
    ...(lost > 0 && { lost }),
  };
}

function judgePair(context: GateContext<PatientParams>, pair: AskedPair): Finding {
  const { node, network, peer, answers } = pair;
  const lost = answers.filter(({ answer }) => !answer.answered);
  const addresses = (lost.length > 0 ? lost : answers).map(({ address }) => address).join(', ');
  const expected = inNetwork(context, network, `answers ping at ${addresses}`);
  const base = { node, peer, expected, pair: pairReading(network, answers) };
  if (lost.length === 0) {
    const seen = answers.map(({ answer }) => `${answer.detail} ms`).join(', ');
    return { ...base, go: true, seen };
  }
  const reasons = [
    ...new Set(lost.map(({ answer }) => answer.detail).filter((reason) => reason !== 'silence')),
  ];
  const seen = `no answer to ${count(lost[0]?.answer.sent ?? 0, 'ping')}`;
  return {
    ...base,
    go: false,
    seen: reasons.length > 0 ? `${seen} (${reasons.join(', ')})` : seen,
    fix: fixFor(pair),
  };
}

/** Every member answers a ping from every other, in both families, those behind a relay included. */
export const ping: GateKind<PatientParams, Seen> = {
  kind: 'ping',
  schema: parameters(patientParameters),
  patience: 15,

  probe(context, node) {
    const data = { targets: targetsOf(context, node.name), ipv6: ipv6Interfaces(context, node.name) };
    return {
      packets: pingProgram(data, context),
      parse: fromLines((lines) => {
        const answers = new Map<number, Answer>();
        for (const [word, answered] of [
          ['pong', true],
          ['lost', false],
        ] as const) {
          for (const [number, sent, ...detail] of all(lines, word)) {
            const lost = integer((answered ? detail.pop() : sent) ?? '');
            answers.set(integer(number), { answered, sent: integer(sent), detail: detail.join(' '), lost });
          }
        }
        const pings = targetsOf(context, node.name).map((target, number) => {
          const answer = answers.get(number);
          if (answer === undefined) throw new GarbledReply(`no answer about ${target.peer}`);
          return { ...target, answer };
        });
        return { pings, ipv6Off: saysIpv6Off(lines) };
      }),
    };
  },

  verdict(context, readings) {
    const off = nodesWithoutIpv6(readings);
    const answered = (network: Network, from: string, to: string): boolean | undefined => {
      const pings = readings.seen
        .get(from)
        ?.pings.filter((one) => one.network === network && one.peer === to);
      return pings?.length ? pings.some(({ answer }) => answer.answered) : undefined;
    };
    const findings = [...readings.seen].flatMap(([node, { pings }]) => {
      if (networksOn(context, node).length === 0) return [notAMember(node)];
      const byPair = new Map<string, typeof pings>();
      for (const one of pings) {
        const key = `${one.network.name} ${one.peer}`;
        byPair.set(key, [...(byPair.get(key) ?? []), one]);
      }
      const pairs = context.networks.flatMap((network) =>
        othersOf(network, node).flatMap(({ node: peer }) => {
          const own = byPair.get(`${network.name} ${peer}`) ?? [];
          if (own.length === 0) return [];
          const back = answered(network, peer, node);
          const finding = judgePair(context, { node, network, peer, answers: own, back });
          const lost = own.filter(({ answer }) => !answer.answered);
          return [
            lost.every(({ address }) => isIpv6(address)) ? explainIpv6(context, finding, off) : finding,
          ];
        }),
      );
      return pairs.length > 0
        ? pairs
        : [{ go: true, node, expected: 'nothing to ping', seen: 'no other member in its families' }];
    });
    const pairs = findings.filter(({ peer }) => peer !== undefined);
    return conclude(readings, findings, () => {
      const answered = pairs.filter(({ go }) => go).length;
      return `${answered} of ${count(pairs.length, 'pair')} answer`;
    });
  },
};
