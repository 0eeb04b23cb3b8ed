import { BridgeheadError } from '../../core/errors.js';
import type { LockOutcome } from '../../guard/index.js';
import { ask } from '../../remote/execute.js';
import { connectionOf, NodeErrors, type RunContext } from '../context.js';
import { toReportedError } from '../events/report.js';
import { keepLoggingIn } from '../groups/fresh-login.js';
import { isDeadHere } from './dead-run.js';
import { lockedError, whoHolds } from './locks.js';
import { releaseOwnLocks } from './release.js';

type Held = Extract<LockOutcome, { kind: 'held' }>;

/** A node that another run holds. */
export interface HeldNode {
  readonly node: string;
  readonly outcome: Held;
}

/** Between two looks at a lock; and before a wait is reported. */
const FIRST_MS = 1000;
const LONGEST_MS = 5000;

/**
 * Releases what this run has locked, and waits until nobody holds these nodes any more, for as long as the run's patience
 * lasts. What was read before is out of date then. Nodes that can't be asked meanwhile, such as one that the other run reboots, are
 * logged into again in that time. Rejects with NodeErrors, E_LOCKED for each node that is still held.
 */
export async function awaitLocks(context: RunContext, found: readonly HeldNode[]): Promise<void> {
  const { locks, patience } = context;
  if (patience.lock <= 0) throw refused(context, found);
  const began = performance.now();
  const left = () => (patience.lock - locks.waited) * 1000 - (performance.now() - began);
  // What is kept meanwhile could be what the other run waits for.
  await releaseOwnLocks(context);
  let held = found;
  let isReported = false;
  try {
    for (let ms = FIRST_MS; held.length > 0; ms = Math.min(ms * 1.5, LONGEST_MS)) {
      if (left() <= 0) throw refused(context, held);
      await context.pause(Math.min(ms, left()));
      held = await stillHeld(context, held, performance.now() + left());
      if (held.length > 0 && left() > 0 && !isReported) {
        isReported = true;
        emitWaiting(context, held);
      }
    }
    await renewLost(context, found, performance.now() + left());
  } finally {
    locks.waited += (performance.now() - began) / 1000;
  }
  const nodes = found.map(({ node }) => node);
  if (isReported) context.emit({ type: 'lock-waited', nodes, ms: Math.round(performance.now() - began) });
}

/** Asks who holds them now. A run of this machine that has died meanwhile holds nothing. */
async function stillHeld(context: RunContext, held: readonly HeldNode[], until: number): Promise<HeldNode[]> {
  const asked = await Promise.all(
    held.map(async ({ node }): Promise<HeldNode[]> => {
      const outcome = await lookAt(context, node, until);
      if (outcome.kind !== 'held') return [];
      const isDead = outcome.holder !== undefined && isDeadHere(outcome.holder, context.holder);
      return isDead ? [] : [{ node, outcome }];
    }),
  );
  return asked.flat();
}

/** Asks who holds a node; until then, by `performance.now()`, over a new login if it can't be asked over this one. */
async function lookAt(context: RunContext, node: string, until: number): Promise<LockOutcome> {
  const { locks, patience, signal } = context;
  for (;;) {
    try {
      const limits = { node, deadlineMs: patience.program * 1000, signal };
      return await ask(connectionOf(context, node), locks.looking(), limits);
    } catch (error) {
      if (signal.aborted || !(error instanceof BridgeheadError) || performance.now() >= until) throw error;
      await context.pause(patience.retry * 1000);
      await keepLoggingIn(context, node, { until });
    }
  }
}

/** The other run may have cut connections to any node: they are all used next. */
async function renewLost(context: RunContext, asked: readonly HeldNode[], until: number): Promise<void> {
  const others = [...context.connections.keys()].filter((name) => asked.every(({ node }) => node !== name));
  await Promise.all(others.map((node) => lookAt(context, node, until)));
}

/** One event for each run that is waited for. */
function emitWaiting({ emit, patience }: RunContext, held: readonly HeldNode[]): void {
  const byHolder = new Map<string, string[]>();
  for (const { node, outcome } of held) {
    const who = whoHolds(outcome);
    byHolder.set(who, [...(byHolder.get(who) ?? []), node]);
  }
  const seconds = patience.lock;
  for (const [holder, nodes] of byHolder) emit({ type: 'lock-waiting', nodes, holder, seconds });
}

function refused(context: RunContext, held: readonly HeldNode[]): NodeErrors {
  const { lock } = context.patience;
  const errors = held.map(({ node, outcome }) => lockedError(node, outcome, lock));
  for (const error of errors) {
    context.emit({ type: 'node-failed', node: error.details.node ?? '', error: toReportedError(error) });
  }
  return new NodeErrors(errors);
}
