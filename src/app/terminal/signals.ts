import { setMaxListeners } from 'node:events';
import { BridgeheadError, EXIT } from '../../core/errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal signals a process group, whose members may forward it: signals this close together (ms) are the same one. */
const SAME_MS = 500;
const SHOW_CURSOR = '\u001b[?25h';

export interface SignalWatch {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  stop(): void;
}

/** Turns the first signal into an abort, so that a run ends cleanly; the second ends the process immediately. */
export function watchSignals(): SignalWatch {
  const controller = new AbortController();
  // Every node listens.
  setMaxListeners(0, controller.signal);
  let first = 0;
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      if (Date.now() - first < SAME_MS) return;
      if (process.stderr.isTTY) process.stderr.write(SHOW_CURSOR);
      process.exit(EXIT.interrupted);
    }
    first = Date.now();
    controller.abort(new BridgeheadError('E_INTERRUPTED', `interrupted by ${name}`));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
