import type { RunContext } from '../context.js';
import { awaitLocks, type HeldNode } from '../locks/wait.js';
import { type ProbeRequest, probeSteps } from './probe.js';
import type { StepWork } from './work.js';

/** How often a run that holds some of the nodes asks for the others before it is refused. */
const TRIES = 6;

interface LockRequest extends ProbeRequest {
  /** What to read and lock once other runs were waited for: all of it, since nothing is locked meanwhile. */
  readonly everything?: Pick<ProbeRequest, 'works' | 'locking'>;
}

/**
 * Reads every node and locks those that may be changed. Of two runs that each got some of the nodes, the one whose id
 * is older waits for the other, which lets go at once; so one of them works. Then waits for other runs as long as the run's
 * patience lasts. Rejects with E_LOCKED for each node that another run holds. Answers the nodes that were read.
 */
export async function probeAndLock(context: RunContext, request: LockRequest): Promise<string[]> {
  const { look, again, everything = request } = request;
  const read: string[] = [];
  let { works, locking } = request;
  for (let waited = false; ; waited = true) {
    const held = await tryAll(context, { works, locking, look, again }, read);
    if (held.length === 0) {
      if (waited || context.locks.held.length > 0) await context.afterLock(waited);
      return read;
    }
    await awaitLocks(context, held);
    ({ works, locking } = everything);
  }
}

/** Answers the nodes that others hold and won't let go. */
async function tryAll(context: RunContext, request: ProbeRequest, read: string[]): Promise<HeldNode[]> {
  const { again } = request;
  let { works, locking, look } = request;
  for (let tries = 1; ; tries += 1) {
    const asked = await probeSteps(context, { works, locking, look, again });
    read.push(...asked.flatMap((one) => (one.read ? [one.node] : [])));
    const held = asked.flatMap(({ node, held: outcome }) =>
      outcome === undefined ? [] : [{ node, outcome }],
    );
    const yielding = held.every(
      ({ outcome: { holder, armed } }) => holder !== undefined && !armed && holder.run > context.run,
    );
    if (held.length === 0 || context.locks.held.length === 0 || !yielding || tries === TRIES) return held;
    look?.spoil();
    look = undefined;
    await context.pause(1000);
    const missing = new Set(held.map(({ node }) => node));
    works = works.filter(({ node }) => missing.has(node.name));
    locking = new Set([...locking].filter((node) => missing.has(node)));
  }
}

/** Locks what was only looked at; true when nobody else has had any of those nodes meanwhile. */
export async function lockLookedAt(
  context: RunContext,
  works: readonly StepWork[],
  locking: ReadonlySet<string>,
): Promise<boolean> {
  const held = new Set(context.locks.held);
  const left = new Set([...locking].filter((node) => !held.has(node)));
  if (left.size === 0) return true;
  const own = works.filter(({ node }) => left.has(node.name));
  const everything = { works, locking };
  const read = await probeAndLock(context, { works: own, locking: left, again: true, everything });
  return read.length === 0;
}
