import type { BridgeheadError } from '../../core/errors.js';
import type { RunResult } from '../../remote/transport.js';
import type { Hop } from '../config/hop.js';
import type { ShellMode } from './root-shell.js';
import { brokenError, type Lateness, lateError } from './run-error.js';
import type { ShellMarks } from './shell-marks.js';
import { loginShellError, shellError, wrongPassword } from './sudo-error.js';

/** What a machine has sent of one program's exec so far. */
export interface Heard {
  readonly hop: Hop;
  readonly mode: ShellMode | undefined;
  readonly marks: ShellMarks;
  /** The beginning of what it sent on standard output before the root shell ran. */
  readonly opening: string;
}

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly signal: string | undefined;
}

/** Whether the command was started: the evidence depends on how the login becomes root. */
function reached({ mode, marks }: Heard, said: string): boolean {
  if (mode === undefined) return marks.reached;
  return mode !== 'root' || marks.begun || /\btimeout: |\bsh: /.test(said);
}

/** What the end of an exec says: the program's own status, or why it never ran to its end. */
export function outcomeOf(
  heard: Heard,
  { code, signal }: Ended,
  hasPrompted: boolean,
): RunResult | BridgeheadError {
  const { hop, mode, marks, opening } = heard;
  if (!marks.begun) {
    const said = `${marks.said}\n${opening}`.trim();
    if (!reached(heard, said)) return loginShellError(said, hop);
    if (hasPrompted && said === '') return wrongPassword(hop, said);
    return shellError(said, hop, mode === 'root');
  }
  return code === null ? brokenError(hop, `the root shell was ended by ${signal ?? 'a signal'}`) : { code };
}

export interface Unfinished extends Omit<Lateness, 'said'> {
  /** The login shell is at fault, not a slow machine. */
  readonly isLoginShell: boolean;
}

/** Why an exec had to be given up. */
export function unfinishedError(
  heard: Heard,
  { deadlineMs, sent, isLoginShell, bytes }: Unfinished,
): BridgeheadError {
  const { hop, marks, opening } = heard;
  const said = `${marks.said}\n${marks.begun ? '' : opening}`.trim();
  if (isLoginShell && !marks.begun && !reached(heard, said))
    return loginShellError(said, hop, deadlineMs / 1000);
  return lateError(hop, { deadlineMs, sent, said, bytes });
}
