import type { Writable } from 'node:stream';
import { systemCode } from './errors.js';

const HAS_CLOSED: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET']);

/**
 * A local program may end, or close its standard input, before it has read all of it: its exit status says whether that is a
 * failure. `onError` gets any other error; an error without a listener would end this process.
 */
export function allowUnreadInput(stdin: Writable, onError: (error: Error) => void): void {
  stdin.on('error', (error) => {
    if (!HAS_CLOSED.has(systemCode(error) ?? '')) onError(error);
  });
}
