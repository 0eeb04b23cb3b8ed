import { BridgeheadError } from '../../core/errors.js';
import type { Ground, Holder, LockOutcome } from '../../guard/index.js';
import { explainUnwritable } from '../../layers/shared/failures.js';
import type { Done, Part, Refused } from '../../remote/part.js';
import { sanitize } from '../../remote/sanitize.js';
import type { NodeGuard } from '../round/node-guard.js';

const FIX =
  'wait until that run is over, as --wait-for-lock does; if it is dead, `bridgehead unlock` releases the lock, unless its guard is still armed';

/** A run as others see it: `run 20261121-… of ann@laptop (pid 812), since …`. */
export function describeHolder({ run, user, host, pid, since }: Holder): string {
  return sanitize(`run ${run} of ${user}@${host} (pid ${pid}), since ${since}`, 300);
}

/** The locks that a run holds on its nodes: taken before the first change, released with the last question. */
export class Locks {
  readonly #held = new Set<string>();
  readonly #grounds = new Map<string, Ground>();
  readonly #holder: Holder;
  readonly #guard: NodeGuard;
  /** Seconds that were spent waiting for other runs. */
  waited = 0;

  constructor(holder: Holder, guard: NodeGuard) {
    this.#holder = holder;
    this.#guard = guard;
  }

  get run(): string {
    return this.#holder.run;
  }

  /** Nodes whose lock is held, in the order in which they were taken. */
  get held(): readonly string[] {
    return [...this.#held];
  }

  /** `unless`: sh condition under which a node that nobody has is looked at without a lock. */
  taking(unless?: string): Part<LockOutcome> {
    return this.#guard.lockFragment(this.#holder, unless);
  }

  /** Asks after what was read without a lock whether somebody came meanwhile. */
  looking(): Part<LockOutcome> {
    return this.#guard.lookFragment();
  }

  /** Whether a node that was free still was when the look at it was over, and nobody has had it in between. */
  isLeftAlone(node: string, now: LockOutcome | undefined): boolean {
    const before = this.#grounds.get(node);
    return now?.kind === 'free' && now.ground.last === before?.last && now.ground.boot === before.boot;
  }

  /** Takes in what a node answered to {@link taking}; throws E_NO_GUARD if it can keep no state. */
  record(node: string, outcome: LockOutcome): Exclude<LockOutcome, Refused> {
    if (outcome.kind === 'taken') this.#held.add(node);
    if (outcome.kind === 'free') this.#grounds.set(node, outcome.ground);
    if (outcome.kind === 'refused') {
      const unwritable = explainUnwritable({ stderr: outcome.reason });
      throw new BridgeheadError(
        unwritable?.code ?? 'E_NO_GUARD',
        `${node} cannot keep a lock or a snapshot`,
        {
          node,
          evidence: sanitize(outcome.reason, 500),
          fix:
            unwritable?.fix ?? 'fix the error above; nothing is changed on a machine that cannot be reverted',
        },
      );
    }
    return outcome;
  }

  releasing(): Part<Done> {
    return this.#guard.releaseFragment(this.#holder.run);
  }

  /** Whether anybody has had a node since it was looked at; if not, nothing after this is done there. */
  disturbed(node: string): Part<boolean> | undefined {
    const ground = this.#grounds.get(node);
    return ground && this.#guard.disturbedFragment(ground);
  }

  released(node: string): void {
    this.#held.delete(node);
  }
}

/** Who holds a node. */
export const whoHolds = ({ holder }: Extract<LockOutcome, { kind: 'held' }>): string =>
  holder === undefined ? 'the guard of an earlier run' : describeHolder(holder);

/**
 * Why a node is not this run's to change.
 *
 * @param waited Seconds that the run has waited for it.
 */
export function lockedError(
  node: string,
  outcome: Extract<LockOutcome, { kind: 'held' }>,
  waited = 0,
): BridgeheadError {
  const { armed } = outcome;
  const evidence = [
    ...(waited > 0 ? [`waited ${waited} s for it`] : []),
    ...(armed ? ['its guard is armed: the node reverts that change by itself unless it is confirmed'] : []),
  ];
  return new BridgeheadError('E_LOCKED', `${node} is locked by ${whoHolds(outcome)}`, {
    node,
    evidence: evidence.length === 0 ? undefined : evidence.join('\n'),
    fix: armed ? 'wait until that change is confirmed or reverted, then run again' : FIX,
  });
}
