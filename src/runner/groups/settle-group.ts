import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError } from '../../core/errors.js';
import type { RunContext } from '../context.js';
import { concludeRound } from '../round/conclude.js';
import { LAST_WORD_MS, revertUnguarded } from '../round/revert-quickly.js';
import type { ArmedRound } from '../round/run-round.js';
import { settle } from '../round/settle-guard.js';
import { inLevels } from './group.js';
import { guardGone } from './group-errors.js';
import { proveAll, type Trial } from './prove.js';
import { type GroupEnds, revertAll } from './revert-group.js';

/**
 * Brings the rounds of a group, or that of a lone node, to one end: all of them confirmed, once every node of it and every
 * one that is reached through it has been logged into again; else all of them reverted.
 *
 * @param isSpoilt Whether something has failed already, so that nothing need be proven.
 */
export async function settleGroup(context: RunContext, trial: Trial, isSpoilt: boolean): Promise<GroupEnds> {
  const ends: GroupEnds = new Map();
  if (isSpoilt) return revertAll(context, { trial, refusals: new Map(), ends });
  const refusals = await proveAll(context, trial);
  if (refusals.size > 0) return revertAll(context, { trial, refusals, ends });
  const unconfirmed = await confirmAll(context, trial, ends);
  return unconfirmed.size === 0 ? ends : revertAll(context, { trial, refusals: unconfirmed, ends });
}

/**
 * Confirms all at once, and reports them once all have answered. All have been reached, so that an interruption comes
 * too late to revert anything. Answers why nodes could not be confirmed.
 */
async function confirmAll(
  context: RunContext,
  { armed, carriers }: Trial,
  ends: GroupEnds,
): Promise<ReadonlyMap<string, unknown>> {
  const steady = { ...context, ...lastWord(context.signal) };
  const intent = 'confirm' as const;
  const started = performance.now();
  const order = inLevels([...armed.keys()], carriers).flat();
  const settled = await Promise.allSettled(
    order.map((node) =>
      settle(steady, armedOn(armed, node), { intent, over: context.connections.get(node) }),
    ),
  );
  const refused = new Map<string, unknown>();
  for (const [index, node] of order.entries()) {
    const result = settled[index];
    if (result?.status !== 'fulfilled') {
      refused.set(node, result?.reason);
      continue;
    }
    const one = armedOn(armed, node);
    const end = concludeRound(context, one, { intent, report: result.value, started });
    if (end?.fate !== 'changed') refused.set(node, end?.error ?? guardGone(node));
    if (end !== undefined) ends.set(node, await revertUnguarded(context, one.round, end));
  }
  return refused;
}

function armedOn(armed: Trial['armed'], node: string): ArmedRound {
  const one = armed.get(node);
  if (one === undefined) throw new TypeError(`nothing is armed on ${node}`);
  return one;
}

/** What was decided is still brought to its end after an interruption, within a short time. */
function lastWord(interruption: AbortSignal): Pick<RunContext, 'signal' | 'pause'> {
  const late = new AbortController();
  const begin = () => setTimeout(() => late.abort(), LAST_WORD_MS).unref();
  if (interruption.aborted) begin();
  else interruption.addEventListener('abort', begin, { once: true });
  return {
    signal: late.signal,
    pause: (ms) =>
      sleep(ms, undefined, { signal: late.signal }).catch(() => {
        throw new BridgeheadError('E_INTERRUPTED', 'interrupted');
      }),
  };
}
