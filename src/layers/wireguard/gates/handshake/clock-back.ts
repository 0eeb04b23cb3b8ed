import { amount } from '../../../shared/amount.js';

/**
 * Seconds by which a handshake may be ahead of the clock that it is compared with: the clock is read first, in full seconds.
 */
export const CLOCK_SLACK = 10;

/** What one side of a pair knows of the other. */
export interface Side {
  readonly node: string;
  /** Unix seconds, of the side's own clock. */
  readonly clock: number;
  /** When it last shook hands with the other, by its own clock: unix seconds, 0 for never. */
  readonly shaken: number;
}

/** A node whose peer refuses its handshakes, since WireGuard accepts none with an earlier time than the last. */
export interface ClockBack {
  readonly seen: string;
  readonly fix: string;
  /** Whether nothing else explains it. */
  readonly certain: boolean;
}

const aheadOf = (time: number, clock: number): number => (time - clock > CLOCK_SLACK ? time - clock : 0);

/** The evidence from the other side. */
function otherSays(side: Side, other: Side | undefined): string {
  if (other === undefined) return '';
  const apart = side.clock - other.clock;
  const clocks =
    Math.abs(apart) <= CLOCK_SLACK
      ? `the clock of ${other.node} agrees with it now`
      : `the clock of ${other.node} is ${amount(apart)} ${apart > 0 ? 'behind' : 'ahead of'} it`;
  if (other.shaken === 0) return `; ${clocks}, and ${other.node} has no session with ${side.node}`;
  const ahead = aheadOf(other.shaken, other.clock);
  if (ahead > 0) return `; ${clocks}, and went backwards, too`;
  return `; ${clocks}, and ${other.node} saw that handshake ${amount(Math.max(0, other.clock - other.shaken))} ago`;
}

/** None of this disrupts anything: setting a clock forward ends no session, and a ping starts one. */
function fixFor(node: string, peer: string, wait: number, address: string | undefined): string {
  const ping = address === undefined ? '' : `, or sooner if ${peer} connects: ping ${address} on ${peer}`;
  return `check the gate clock: if the clock of ${node} is behind, set it and keep it in sync (systemd-timesyncd or chrony), and ${peer} will accept its handshakes again; if it is right now, that takes until it has caught up, ${amount(wait)}${ping}`;
}

/**
 * Whether a side's clock went backwards after its last handshake: certain if that is in the future of its own clock; likely
 * if it has none (as after a boot) and the other's is in the future of this side's clock.
 * @param addressOf a node's overlay address, for its peer to send to.
 */
export function clockBack(
  side: Side,
  other: Side | undefined,
  peer: string,
  addressOf: (node: string) => string | undefined,
): ClockBack | undefined {
  const own = aheadOf(side.shaken, side.clock);
  const refused = `${peer} refuses the handshakes of ${side.node} until it has caught up or ${peer} has re-added ${side.node} as a peer`;
  if (own > 0) {
    return {
      seen: `the last one is ${amount(own)} in the future of ${side.node}, so its clock went backwards, and ${refused}${otherSays(side, other)}`,
      fix: fixFor(side.node, peer, own, addressOf(side.node)),
      certain: true,
    };
  }
  if (other === undefined || side.shaken > 0) return undefined;
  const theirs = aheadOf(other.shaken, side.clock);
  if (theirs === 0 || aheadOf(other.shaken, other.clock) > 0) return undefined;
  return {
    seen: `${side.node} has none yet, while ${peer} had one ${amount(other.clock - other.shaken)} ago, which is ${amount(theirs)} in the future of ${side.node}: its clock is ${amount(other.clock - side.clock)} behind that of ${peer}; if it went backwards, ${refused}`,
    fix: fixFor(side.node, peer, theirs, addressOf(side.node)),
    certain: false,
  };
}
