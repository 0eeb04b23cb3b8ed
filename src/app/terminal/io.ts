import { createPaint, type Paint, wantsColour } from '../../render/colour.js';
import { guardOutput, leaveTerminal } from './output.js';

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
}

/** The commands' environment; tests pass their own. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted when the result can't be written, as on a full disk; its reason says why. */
  readonly failure?: AbortSignal;
}

/**
 * The process's own streams. A closed reader (`| head`) or terminal is not an error: the run goes on, and nothing more is written
 * there.
 */
export function processIo(): Io {
  const failed = new AbortController();
  const io = {
    stdout: guardOutput(process.stdout, (error) => failed.abort(error)),
    stderr: guardOutput(process.stderr, () => undefined),
    stdin: process.stdin,
    env: process.env,
    cwd: process.cwd(),
    failure: failed.signal,
  };
  leaveTerminal();
  return io;
}

/** Columns of standard output; 80 if it isn't a terminal. */
export function widthOf(io: Io): number {
  return io.stdout.columns || 80;
}

export function paintFor(io: Io, stream: 'stdout' | 'stderr', wanted: boolean): Paint {
  return createPaint(wantsColour({ env: io.env, isTTY: io[stream].isTTY === true, wanted }));
}
