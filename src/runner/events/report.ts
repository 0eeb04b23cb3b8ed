import { BridgeheadError, ERROR_CODES, EXIT } from '../../core/errors.js';
import { redact } from '../../remote/redact.js';
import type { ReportedError } from './events.js';

/** An error as the stream of events has it, without secrets that a program may have printed; anything that isn't ours is reported as a bug. */
export function toReportedError(
  error: unknown,
  where: { readonly node?: string; readonly phase?: string; readonly step?: string } = {},
): ReportedError {
  if (!(error instanceof BridgeheadError)) {
    const message = redact(error instanceof Error ? error.message : String(error));
    return { ...where, code: 'E_BUG', message };
  }
  const { node = where.node, phase = where.phase, step = where.step, evidence, fix } = error.details;
  const said = evidence === undefined ? undefined : redact(evidence);
  return { code: error.code, message: redact(error.message), node, phase, step, evidence: said, fix };
}

/** The exit code of a run with these errors: an interruption first, then what a guard took back, then the first error's. */
export function exitOf(errors: readonly ReportedError[]): number {
  const exits = errors.map(({ code }) => ERROR_CODES[code]);
  const first = [EXIT.interrupted, EXIT.reverted].find((exit) => exits.includes(exit));
  return first ?? exits[0] ?? EXIT.go;
}
