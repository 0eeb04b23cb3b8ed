import { setMaxListeners } from 'node:events';
import { BridgeheadError, EXIT, messageOf } from '../../core/errors.js';
import type { Io } from './io.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal signals a process group, whose members may forward it: signals this close together (ms) are the same one. */
const SAME_MS = 500;
const SHOW_CURSOR = '\u001b[?25h';

export interface SignalWatch {
  /** Aborted by the first signal, or when the result can't be written. */
  readonly signal: AbortSignal;
  stop(): void;
}

/**
 * Turns the first signal into an abort, so that a run ends cleanly; the second ends the process immediately. A result that can't be
 * written has the same effect as the first.
 */
export function watchSignals({ failure }: Pick<Io, 'failure'>): SignalWatch {
  const controller = new AbortController();
  // Every node listens.
  setMaxListeners(0, controller.signal);
  let first: number | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    if (first !== undefined) {
      if (Date.now() - first < SAME_MS) return;
      if (process.stderr.isTTY) process.stderr.write(SHOW_CURSOR);
      process.exit(EXIT.interrupted);
    }
    first = Date.now();
    controller.abort(new BridgeheadError('E_INTERRUPTED', `interrupted by ${name}`));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  const onFailure = () => controller.abort(unwritable(failure?.reason));
  if (failure?.aborted) onFailure();
  failure?.addEventListener('abort', onFailure);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
      failure?.removeEventListener('abort', onFailure);
    },
  };
}

/** Why a command ends whose result can't be written. */
export function unwritable(cause: unknown): BridgeheadError {
  return new BridgeheadError('E_INTERRUPTED', 'standard output cannot be written', {
    evidence: messageOf(cause),
    fix: 'make room on the disk, or send the output elsewhere',
    cause,
  });
}
