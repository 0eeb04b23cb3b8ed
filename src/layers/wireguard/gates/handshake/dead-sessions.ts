import type { Finding } from '../../../gate.js';
import type { HandshakeContext } from './params.js';

/** An ordered pair: the first has no session with the second, but the second still uses one with the first. */
export interface DeadSession {
  readonly network: string;
  readonly without: string;
  readonly believer: string;
}

/** Those that the last measurement found. */
export const deadSessions = ({ recall }: HandshakeContext): readonly DeadSession[] =>
  (recall as readonly DeadSession[] | undefined) ?? [];

/** What was found between two nodes. */
export interface JudgedPair {
  readonly network: string;
  readonly finding: Finding;
  /** Whether the node had a session with its peer at all. */
  readonly shaken: boolean;
}

/**
 * A restarted node has no sessions, while its peers use theirs until a packet has gone unanswered for 15 seconds. When the
 * gate is measured again, those peers renew them.
 */
export function deadIn(context: HandshakeContext, findings: readonly JudgedPair[]): readonly DeadSession[] {
  const measured = new Set(context.measured);
  const pair = (network: string, from: string, to = ''): string => [network, from, to].join('\n');
  const believers = new Set(
    findings
      .filter(({ shaken }) => shaken)
      .map(({ network, finding: { node, peer } }) => pair(network, node, peer)),
  );
  return findings.flatMap(({ network, finding: { node, peer }, shaken }) => {
    if (shaken || peer === undefined || !measured.has(peer)) return [];
    return believers.has(pair(network, peer, node)) ? [{ network, without: node, believer: peer }] : [];
  });
}
