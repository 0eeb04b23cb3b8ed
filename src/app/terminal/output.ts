import { closeSync, fstatSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import { systemCode } from '../../core/errors.js';
import { writeFully } from '../../core/write-fully.js';
import type { Output } from './io.js';

type Stream = NodeJS.WriteStream & { readonly fd: number };

/** How writing fails if nobody is at the other end any more: of a pipe, and of a terminal that was closed. */
const CLOSED_PIPE = ['EPIPE', 'ECONNRESET'];
const CLOSED_TERMINAL = ['EIO', 'ENXIO', 'EBADF'];

/**
 * The stream, to which nothing more is written once that has failed. An error never leaves its listener, where it would end the
 * process in the middle of what is being done on machines.
 *
 * @param onFailure Called with the first error if there is still somebody who wants what can't be written.
 */
export function guardOutput(stream: Stream, onFailure: (error: Error) => void): Output {
  let isLost = false;
  const lose = (error: Error) => {
    const closed = stream.isTTY ? [...CLOSED_PIPE, ...CLOSED_TERMINAL] : CLOSED_PIPE;
    if (!isLost && !closed.includes(systemCode(error) ?? '')) onFailure(error);
    isLost = true;
  };
  stream.on('error', lose);
  const isFile = fstatSync(stream.fd).isFile();
  return {
    write: (text) => {
      if (isLost) return;
      if (!isFile) {
        stream.write(text);
        return;
      }
      // Node takes what it could write of a text for all of it.
      try {
        writeFully(stream.fd, text);
      } catch (error) {
        lose(error as Error);
      }
    },
    get isTTY() {
      return stream.isTTY;
    },
    get rows() {
      return stream.rows;
    },
    get columns() {
      return stream.columns;
    },
  };
}

/**
 * When the process exits, Node gives each terminal that it began with its settings back, and aborts if there is none any more: the exit
 * code would be lost. Such a one is replaced first by what Node leaves alone.
 */
export function leaveTerminal(): void {
  // What is asked of a closed terminal fails, too.
  process.stdin.on('error', () => undefined);
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.once('exit', () => {
    for (const fd of terminals.filter((one) => !isatty(one))) {
      closeSync(fd);
      openSync('/dev/null', 'r+');
    }
  });
}
