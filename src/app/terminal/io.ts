import { createPaint, type Paint, wantsColour } from '../../render/colour.js';

interface Output {
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
}

/** The process's own streams. A closed reader (`| head`) is not an error: the run goes on. */
export function processIo(): Io {
  return {
    stdout: quietWhenClosed(process.stdout),
    stderr: quietWhenClosed(process.stderr),
    stdin: process.stdin,
    env: process.env,
    cwd: process.cwd(),
  };
}

function quietWhenClosed(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return stream;
}

/** Columns of standard output; 80 if it isn't a terminal. */
export function widthOf(io: Io): number {
  return io.stdout.columns || 80;
}

export function paintFor(io: Io, stream: 'stdout' | 'stderr', wanted: boolean): Paint {
  return createPaint(wantsColour({ env: io.env, isTTY: io[stream].isTTY === true, wanted }));
}
