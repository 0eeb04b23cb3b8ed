import { BridgeheadError, EXIT, formatProblem, InputError } from '../../core/errors.js';
import { redact } from '../../remote/redact.js';
import { sanitize } from '../../remote/sanitize.js';
import type { Paint } from '../../render/colour.js';
import type { Write } from '../../render/live/renderer.js';
import { explainText } from '../../render/report/stop-report.js';
import { indent } from '../../render/table.js';

export interface ErrorReport {
  readonly write: Write;
  readonly paint: Paint;
  /** Adds the stack and the causes. */
  readonly verbose: boolean;
  /** Adds the command that explains the error, for people. */
  readonly explain?: boolean;
}

/** Prints an error: message, evidence, fix. Returns the exit code. */
export function reportError(error: unknown, { write, paint, verbose, explain }: ErrorReport): number {
  const exit = exitOf(error);
  if (exit === EXIT.interrupted) {
    write('interrupted\n');
    return exit;
  }
  const known = error instanceof BridgeheadError && error.code !== 'E_BUG';
  write(known ? knownText(error, paint) : bugText(error, paint));
  if (explain && known) write(explainText(error.code, paint));
  if (verbose) write(`${stackText(error)}\n`);
  return exit;
}

/** What the process exits with after an error. */
export function exitOf(error: unknown): number {
  if (isInterruption(error)) return EXIT.interrupted;
  return error instanceof BridgeheadError ? error.exitCode : EXIT.bug;
}

/** What may quote a machine, as it may be shown. */
const said = (text: string): string => redact(sanitize(text));

function knownText(error: BridgeheadError, paint: Paint): string {
  if (error instanceof InputError)
    return error.problems
      .map((problem) => `${sanitize(formatProblem({ ...problem, message: said(problem.message) }))}\n`)
      .join('');
  const { node, phase, step, evidence, fix } = error.details;
  const where = [node, phase, step].filter((part) => part !== undefined).join(' / ');
  const lines = [
    `${paint.bad('error')}: ${where === '' ? '' : `${where}: `}${said(error.message)}`,
    ...(evidence === undefined || evidence === '' ? [] : [indent(said(evidence), 2)]),
    ...(fix === undefined ? [] : [`fix: ${fix}`]),
  ];
  return `${sanitize(lines.join('\n'))}\n`;
}

function bugText(error: unknown, paint: Paint): string {
  const message = error instanceof Error ? error.message : String(error);
  return [
    `${paint.bad('error')}: ${said(message)}`,
    'This is an internal error (bug in bridgehead). Please report it with the output of the same command and --verbose.',
    '',
  ].join('\n');
}

function stackText(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause =
    error.cause === undefined ? '' : `\ncaused by: ${stackText(error.cause) || String(error.cause)}`;
  return said(`${error.stack ?? error.message}${cause}`);
}

/** Also what inquirer rejects with when Ctrl-C or the abort signal ends a question. */
function isInterruption(error: unknown): boolean {
  if (error instanceof BridgeheadError) return error.code === 'E_INTERRUPTED';
  return error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError');
}
