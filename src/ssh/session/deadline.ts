import { BridgeheadError } from '../../core/errors.js';

/** Rejects when the time is up or the user interrupts; `clear` ends both. */
export interface Deadline {
  readonly passed: Promise<never>;
  readonly clear: () => void;
}

export function interrupted(node: string): BridgeheadError {
  return new BridgeheadError('E_INTERRUPTED', 'interrupted', { node });
}

/** `late` makes the error when it is needed. */
export function startDeadline(
  ms: number,
  signal: AbortSignal | undefined,
  node: string,
  late: () => BridgeheadError,
): Deadline {
  let clear = () => {};
  const passed = new Promise<never>((_resolve, reject) => {
    const abort = () => reject(interrupted(node));
    const timer = setTimeout(() => reject(late()), ms);
    clear = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
  // Whoever races against it handles the rejection; by itself it must not end the process.
  passed.catch(() => undefined);
  return { passed, clear };
}
