import { BridgeheadError, EXIT, messageOf } from '../../core/errors.js';
import { NodeErrors } from '../context.js';
import type { ReportedError } from './events.js';
import { exitOf, toReportedError } from './report.js';

/** With what a run, or a part of it, ended. */
export interface Ending {
  readonly exit: number;
  readonly errors: readonly ReportedError[];
}

export const GO: Ending = { exit: EXIT.go, errors: [] };
export const STOP: Ending = { exit: EXIT.stop, errors: [] };

interface Interruption {
  readonly signal: AbortSignal;
  /** The command that resumes the run. */
  readonly resume?: string | undefined;
}

/** The ending of a run that threw: interrupted, or what its errors say. */
export function endingOf(error: unknown, { signal, resume }: Interruption): Ending {
  if (signal.aborted) {
    const { reason } = signal;
    const saysWhy = reason instanceof BridgeheadError && reason.details.evidence !== undefined;
    const interrupted = new BridgeheadError('E_INTERRUPTED', 'interrupted', {
      evidence: saysWhy ? messageOf(reason) : undefined,
      fix: resume === undefined ? undefined : `${resume} resumes it`,
      cause: error,
    });
    return { exit: EXIT.interrupted, errors: [toReportedError(interrupted)] };
  }
  const errors = (error instanceof NodeErrors ? error.errors : [error]).map((one) => toReportedError(one));
  return { exit: exitOf(errors), errors };
}
