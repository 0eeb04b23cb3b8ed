/** Exit codes of the command line; docs/exit-codes.md and a test share this table. */
export const EXIT = {
  go: 0,
  bug: 1,
  badInput: 2,
  stop: 3,
  unreachable: 4,
  reverted: 5,
  locked: 6,
  stepFailed: 7,
  changes: 10,
  interrupted: 130,
} as const;

/** Stable error codes and the exit code that each ends in; docs/errors.md and a test share this table. */
export const ERROR_CODES = {
  E_USAGE: EXIT.badInput,
  E_INPUT: EXIT.badInput,
  E_SECRET: EXIT.badInput,
  E_SSH_CONFIG: EXIT.badInput,
  E_SSH_UNRESOLVED: EXIT.unreachable,
  E_SSH_UNREACHABLE: EXIT.unreachable,
  E_SSH_REFUSED: EXIT.unreachable,
  E_SSH_TIMEOUT: EXIT.unreachable,
  E_SSH_PROTOCOL: EXIT.unreachable,
  E_SSH_HOST_KEY_UNKNOWN: EXIT.unreachable,
  E_SSH_HOST_KEY_CHANGED: EXIT.unreachable,
  E_SSH_AUTH: EXIT.unreachable,
  E_LOGIN_SHELL: EXIT.unreachable,
  E_SUDO: EXIT.unreachable,
  E_CONNECTION_LOST: EXIT.unreachable,
  E_REMOTE_TIMEOUT: EXIT.stepFailed,
  E_REMOTE_FLOOD: EXIT.stepFailed,
  E_REMOTE_GARBLED: EXIT.stepFailed,
  E_STEP: EXIT.stepFailed,
  E_NOT_OURS: EXIT.stop,
  E_FIREWALL: EXIT.stop,
  E_APT_LOCKED: EXIT.stepFailed,
  E_PACKAGE_NOT_FOUND: EXIT.stepFailed,
  E_PROGRAM: EXIT.stepFailed,
  E_DISK_FULL: EXIT.stepFailed,
  E_READ_ONLY: EXIT.stepFailed,
  E_LOCKED: EXIT.locked,
  E_NO_GUARD: EXIT.stepFailed,
  E_REVERTED: EXIT.reverted,
  E_REVERT_FAILED: EXIT.reverted,
  E_GUARD_UNKNOWN: EXIT.unreachable,
  E_UNDO: EXIT.stepFailed,
  E_SHARD_LATE: EXIT.stop,
  E_LAB: EXIT.badInput,
  E_LAB_MACHINE: EXIT.stepFailed,
  E_INTERRUPTED: EXIT.interrupted,
  E_BUG: EXIT.bug,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorDetails {
  /** The node, phase and step that the error belongs to, as far as they are known. */
  readonly node?: string | undefined;
  readonly phase?: string | undefined;
  readonly step?: string | undefined;
  /** What was seen: a few lines, already stripped of control characters. */
  readonly evidence?: string | undefined;
  /** What the user can do about it, one sentence. */
  readonly fix?: string | undefined;
  readonly cause?: unknown;
}

/** Base of every error for users: short message, evidence, fix. */
export class BridgeheadError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }

  get exitCode(): number {
    return ERROR_CODES[this.code];
  }

  /** The same error with the place where it happened; a place that it already has is kept. */
  at(where: Pick<ErrorDetails, 'node' | 'phase' | 'step'>): BridgeheadError {
    return new BridgeheadError(this.code, this.message, { ...where, ...this.details, cause: this });
  }
}

/** What went wrong, with what was seen. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const evidence = error instanceof BridgeheadError ? error.details.evidence : undefined;
  return evidence === undefined || evidence === '' ? error.message : `${error.message}\n${evidence}`;
}

/** The code that the system gave an error, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

/** One thing wrong in a file that the user wrote. Lines and columns count from 1. */
export interface Problem {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** Dotted path within the document, such as `nodes.wk-1.site`. */
  readonly path?: string | undefined;
  readonly message: string;
  /** What would be right. */
  readonly fix?: string | undefined;
}

/** `file:line:column  path: what is wrong; what would be right` */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const subject = problem.path ? `${problem.path}: ` : '';
  const fix = problem.fix ? `; ${problem.fix}` : '';
  return `${place}  ${subject}${problem.message}${fix}`;
}

/** Bad input: every problem at once, nothing touched. */
export class InputError extends BridgeheadError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super('E_INPUT', problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}

/** Of a file that the system can't read, why. Throws any other error as it is. */
export function unreadable(file: string, error: unknown): InputError {
  const code = systemCode(error);
  if (code === undefined) throw error;
  return new InputError([{ file, message: `cannot be read: ${code}` }]);
}
