import { BridgeheadError } from '../../core/errors.js';
import { rejections } from '../../core/settled.js';
import type { Holder, UnlockOutcome } from '../../guard/index.js';
import type { Node } from '../../model/inventory.js';
import { ask } from '../../remote/execute.js';
import { redact } from '../../remote/redact.js';
import { sanitize } from '../../remote/sanitize.js';
import { connectAll } from '../connect.js';
import { connectionOf, NodeErrors, type RunContext } from '../context.js';
import type { AnnouncedPhase } from '../events/events.js';
import { toReportedError } from '../events/report.js';
import { mapSettled } from '../pool.js';
import { isAliveHere, isDoubtfulHere } from './dead-run.js';
import { describeHolder } from './locks.js';
import { commandOf } from './process.js';

/** A node whose lock can be released, or that has none. */
export interface Unlockable {
  readonly node: string;
  readonly holder?: Holder;
  /** The process of this machine that now has the holder's id, if only a person can say whether it is the holder: one line. */
  readonly doubt?: string;
}

type Answered = Extract<UnlockOutcome, { kind: 'unlocked' | 'held' }>;

async function askLock(context: RunContext, node: string, run: string): Promise<Answered> {
  const { nodeGuard, patience, signal } = context;
  const options = { node, deadlineMs: patience.program * 1000, signal };
  const outcome = await ask(connectionOf(context, node), nodeGuard.unlockFragment(run), options);
  if (outcome.kind === 'refused') {
    throw new BridgeheadError('E_NO_GUARD', `cannot find out whether ${node} is locked`, {
      node,
      evidence: sanitize(outcome.reason, 500),
      fix: 'fix the error above, then run `bridgehead unlock` again',
    });
  }
  if (outcome.kind === 'armed') {
    const who = outcome.holder === undefined ? 'an earlier run' : describeHolder(outcome.holder);
    throw new BridgeheadError('E_LOCKED', `${node} was not unlocked: its guard is armed by ${who}`, {
      node,
      fix: 'wait until the node has reverted that change, or that run has confirmed it',
    });
  }
  return outcome;
}

async function onAll<T>(
  context: RunContext,
  nodes: readonly string[],
  work: (node: string) => Promise<T>,
): Promise<T[]> {
  const settled = await mapSettled(nodes, context.concurrency, work);
  const errors = rejections(settled);
  if (errors.length > 0) throw new NodeErrors(errors);
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

function describeProcess(pid: number): string {
  const command = commandOf(pid);
  const what = command === undefined ? '' : `, ${redact(sanitize(command, 200))}`;
  return `process ${pid} of this machine${what}`;
}

/**
 * Connects to the nodes and reads who holds each; changes nothing. Rejects with NodeErrors: E_LOCKED if a guard is
 * armed, or if the holder is a live process of this machine, or may be and there is nobody to ask.
 */
export async function readLocks(
  context: RunContext,
  nodes: readonly Node[],
  { canAsk }: { readonly canAsk: boolean },
): Promise<Unlockable[]> {
  await connectAll(context, { nodes });
  return onAll(
    context,
    nodes.map(({ name }) => name),
    async (node) => {
      // Only the lock of the run that is named is released, and this one holds none: it asks, and releases nothing.
      const { holder } = await askLock(context, node, context.run);
      if (holder === undefined) return { node };
      if (isAliveHere(holder, context.holder)) {
        throw new BridgeheadError(
          'E_LOCKED',
          `${node} was not unlocked: ${describeHolder(holder)} is still running`,
          {
            node,
            fix: `wait for it, or stop process ${holder.pid} on this machine`,
          },
        );
      }
      if (!isDoubtfulHere(holder, context.holder)) return { node, holder };
      const doubt = describeProcess(holder.pid);
      if (canAsk) return { node, holder, doubt };
      throw new BridgeheadError(
        'E_LOCKED',
        `${node} was not unlocked: ${describeHolder(holder)} may still be running`,
        {
          node,
          evidence: `that is now ${doubt}`,
          fix: 'wait if it is that run; if it is another program, run `bridgehead unlock` on a terminal, without --yes, and answer its question',
        },
      );
    },
  );
}

/** What the run of an unlock announces. */
export const UNLOCK_PHASE: AnnouncedPhase = { name: 'unlock', steps: ['lock'], gates: [] };

const changeOn = ({ node, holder }: Unlockable) => ({
  at: { phase: UNLOCK_PHASE.name, step: 'lock', node },
  changes: holder === undefined ? [] : [`release the lock of ${describeHolder(holder)}`],
});

/** Emits which locks are to be released. */
export function emitUnlockPlan({ emit }: Pick<RunContext, 'emit'>, locks: readonly Unlockable[]): void {
  for (const { at, changes } of locks.map(changeOn)) {
    emit({
      type: 'step-planned',
      ...at,
      name: at.step,
      changes: changes.map((summary) => ({ summary, disruption: { level: 'none' } })),
    });
  }
}

/** Releases the locks of the holders that were shown, and of no others. */
export async function releaseOthersLocks(context: RunContext, locks: readonly Unlockable[]): Promise<void> {
  const { emit } = context;
  const phase = UNLOCK_PHASE.name;
  emit({ type: 'phase-started', phase });
  let changes = 0;
  try {
    await onAll(
      context,
      locks.map(({ node }) => node),
      async (node) => {
        const shown = locks.find((lock) => lock.node === node);
        if (shown?.holder === undefined) return;
        const {
          at,
          changes: [summary = ''],
        } = changeOn(shown);
        const started = performance.now();
        emit({ type: 'change-started', ...at, summary });
        try {
          await releaseLock(context, node, shown.holder);
        } catch (error) {
          emit({ type: 'step-failed', ...at, error: toReportedError(error, at) });
          throw error;
        }
        changes += 1;
        emit({ type: 'change-done', ...at, summary, ms: Math.round(performance.now() - started) });
      },
    );
    emit({ type: 'phase-ended', phase, outcome: 'done', changes });
  } catch (error) {
    emit({ type: 'phase-ended', phase, outcome: 'failed', changes });
    throw error;
  }
}

/** Throws E_LOCKED if another run has taken it since. */
async function releaseLock(context: RunContext, node: string, shown: Holder): Promise<void> {
  const outcome = await askLock(context, node, shown.run);
  if (outcome.kind === 'unlocked') return;
  const who = outcome.holder === undefined ? 'another run' : describeHolder(outcome.holder);
  throw new BridgeheadError('E_LOCKED', `${node} was locked by ${who} in the meantime`, { node });
}
