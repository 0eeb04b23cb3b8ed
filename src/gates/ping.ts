import type { Network } from '../inventory/types.js';
import { inNetwork, networksOn, notAMember, othersOf } from './shared/members.js';
import { all, conclude, count, GarbledReply, integer, readReplies } from './shared/reply.js';
import {
  type NetworkParams,
  networkParameter,
  parameters,
  type WithinParams,
  withinParameter,
} from './shared/schema.js';
import type { Finding, GateContext, GateKind } from './types.js';
import { type PingTarget, pingProgram } from './wire/ping-program.js';

export type PingParams = NetworkParams & WithinParams;

interface Answer {
  readonly answered: boolean;
  readonly sent: number;
  /** Milliseconds of a `pong`, the reason of a `lost`. */
  readonly detail: string;
}

function targetsOf(context: GateContext<PingParams>, node: string): readonly PingTarget[] {
  return networksOn(context, node).flatMap((network) =>
    othersOf(network, node).flatMap(({ node: peer, addresses }) =>
      addresses.map((address) => ({ network, peer, address })),
    ),
  );
}

function judgePair(
  context: GateContext<PingParams>,
  node: string,
  network: Network,
  peer: string,
  answers: readonly { readonly address: string; readonly answer: Answer }[],
): Finding {
  const lost = answers.filter(({ answer }) => !answer.answered);
  const addresses = (lost.length > 0 ? lost : answers).map(({ address }) => address).join(', ');
  const expected = inNetwork(context, network, `answers ping at ${addresses}`);
  if (lost.length === 0) {
    const seen = answers.map(({ answer }) => `${answer.detail} ms`).join(', ');
    return { go: true, node, peer, expected, seen };
  }
  const reasons = [
    ...new Set(lost.map(({ answer }) => answer.detail).filter((reason) => reason !== 'silence')),
  ];
  const seen = `no answer to ${count(lost[0]?.answer.sent ?? 0, 'ping')}`;
  return {
    go: false,
    node,
    peer,
    expected,
    seen: reasons.length > 0 ? `${seen} (${reasons.join(', ')})` : seen,
    fix: `see what the gates peers, handshake and endpoints say of this pair; where they are GO, ${peer} drops ICMP on ${network.interface}: look at its firewall, rp_filter and routes`,
  };
}

/** Every member answers a ping from every other, in both families, those behind a relay included. */
export const ping: GateKind<PingParams> = {
  kind: 'ping',
  schema: parameters({ ...networkParameter, ...withinParameter }),
  patience: 15,

  probe(context, node) {
    return pingProgram(targetsOf(context, node.name), context.patience, context.token);
  },

  verdict(context, replies) {
    const readings = readReplies(context, replies, (lines, node) => {
      const answers = new Map<number, Answer>();
      for (const [word, answered] of [
        ['pong', true],
        ['lost', false],
      ] as const) {
        for (const [number, sent, ...detail] of all(lines, word)) {
          answers.set(integer(number), { answered, sent: integer(sent), detail: detail.join(' ') });
        }
      }
      return targetsOf(context, node).map((target, number) => {
        const answer = answers.get(number);
        if (answer === undefined) throw new GarbledReply(`nothing was said of ${target.peer}`);
        return { ...target, answer };
      });
    });
    const findings = [...readings.seen].flatMap(([node, answers]) => {
      if (networksOn(context, node).length === 0) return [notAMember(node)];
      const pairs = context.networks.flatMap((network) =>
        othersOf(network, node).flatMap(({ node: peer }) => {
          const own = answers.filter((answer) => answer.network === network && answer.peer === peer);
          return own.length === 0 ? [] : [judgePair(context, node, network, peer, own)];
        }),
      );
      return pairs.length > 0
        ? pairs
        : [{ go: true, node, expected: 'nothing to ping', seen: 'the only member of its network' }];
    });
    const pairs = findings.filter(({ peer }) => peer !== undefined);
    return conclude(readings, findings, () => {
      const answered = pairs.filter(({ go }) => go).length;
      return `${answered} of ${count(pairs.length, 'pair')} answer`;
    });
  },
};
