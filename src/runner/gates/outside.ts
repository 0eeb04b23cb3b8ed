import { setMaxListeners } from 'node:events';
import { messageOf } from '../../core/errors.js';
import type { Finding, GateContext } from '../../layers/gate.js';
import type { RunContext } from '../context.js';
import type { GateWork } from '../plan/work.js';

const SPARE_SECONDS = 15;
/** The longest that a timer can wait. */
const MOST_MS = 2 ** 31 - 1;

/** What a gate measured from this machine, or why it could not. */
export type OutsideAnswer = { readonly value: unknown } | { readonly failure: string };

export type OutsideAnswers = ReadonlyMap<GateWork, OutsideAnswer>;

/**
 * Has those of the gates that measure from this machine do so, all at once. Never rejects: a gate that fails, takes too long or
 * is stopped by its signal has a failure as its answer.
 */
export async function measureOutside(
  run: Pick<RunContext, 'visitors' | 'emit'>,
  contexts: ReadonlyMap<GateWork, GateContext<unknown>>,
  signalOf: (work: GateWork) => AbortSignal,
): Promise<OutsideAnswers> {
  const asked = [...contexts].filter(([{ kind, nodes }]) => kind.outside !== undefined && nodes.length > 0);
  return new Map(
    await Promise.all(
      asked.map(
        async ([work, context]) =>
          [work, await answerOf(run, { work, context, signal: signalOf(work) })] as const,
      ),
    ),
  );
}

interface Asked {
  readonly work: GateWork;
  readonly context: GateContext<unknown>;
  readonly signal: AbortSignal;
}

async function answerOf(
  { visitors, emit }: Pick<RunContext, 'visitors' | 'emit'>,
  { work, context, signal }: Asked,
): Promise<OutsideAnswer> {
  const seconds = Math.ceil(context.patience) + SPARE_SECONDS + (work.kind.lasts?.(context.params) ?? 0);
  const ending = new AbortController();
  const end = (): void => ending.abort(new Error(`it took more than ${seconds} s`));
  const timer = setTimeout(end, Math.min(seconds * 1000, MOST_MS));
  const either = AbortSignal.any([signal, ending.signal]);
  // Everything that a visitor does at the same time listens.
  setMaxListeners(0, either);
  try {
    either.throwIfAborted();
    const ended = new Promise<never>((_, reject) => {
      either.addEventListener('abort', () => reject(either.reason), { once: true });
    });
    const measured = work.kind.outside?.(context, visitors(either), (done, total) => {
      const { gate, phase } = work;
      emit({ type: 'gate-trying', phase, gate: gate.id, name: gate.name, done, total });
    });
    return { value: await Promise.race([measured, ended]) };
  } catch (error) {
    return { failure: messageOf(error) };
  } finally {
    clearTimeout(timer);
    // Closes what the gate has left open.
    ending.abort();
  }
}

/** STOP on every node of the gate: what it measures from this machine is missing. */
export function failedFindings({ nodes }: GateWork, failure: string): Finding[] {
  return nodes.map(({ name }) => ({
    go: false,
    node: name,
    expected: 'a measurement from this machine',
    seen: failure,
    fix: 'run the gate again; if it persists, check that this machine is online',
  }));
}
