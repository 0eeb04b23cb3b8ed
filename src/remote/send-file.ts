import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { BridgeheadError } from '../core/errors.js';
import { quote } from './quote.js';
import receive from './receive-file.sh';
import { sanitize } from './sanitize.js';
import type { Connection } from './transport.js';

/** A line with fewer bytes a second is given up. */
const SLOWEST = 8 * 1024;
const BASE_MS = 120_000;
const STALLED_MS = 60_000;
const MAX_BYTES = 64 * 1024;

export interface FileToSend {
  readonly node: string;
  /** Local file, compressed by gzip. */
  readonly file: string;
  /** Its size. */
  readonly bytes: number;
  /** Of what is in it. */
  readonly sha256: string;
  /** Absolute path on the node; the file is uncompressed there, readable by root alone. */
  readonly to: string;
  readonly signal?: AbortSignal;
  /** Called with the number of bytes sent so far. */
  readonly onProgress?: (sent: number) => void;
}

/**
 * Sends a file over a connection, on standard input behind the program that receives it: nothing of it is in an
 * argument, and no more than a few chunks of it are in memory.
 *
 * Rejects as {@link Connection.run} does, with E_REMOTE_TIMEOUT if nothing could be sent for a minute, and with E_STEP if the
 * node could not keep the file or received another one.
 */
export async function sendFile(connection: Connection, sending: FileToSend): Promise<void> {
  const { node, bytes, to, sha256 } = sending;
  const nonce = randomBytes(8).toString('hex');
  const watch = new Watch(sending);
  let stdout = '';
  let stderr = '';
  try {
    const { code } = await connection.run(
      `nonce=${quote(nonce)} to=${quote(to)} sha256=${quote(sha256)}\n${receive}`,
      {
        deadlineMs: BASE_MS + (bytes / SLOWEST) * 1000,
        maxBytes: MAX_BYTES,
        signal: watch.signal,
        onStdout: (chunk) => {
          stdout += chunk.toString('latin1');
        },
        onStderr: (chunk) => {
          stderr += chunk.toString('utf8');
        },
        attachment: { mark: `${nonce} ready\n`, open: () => watch.over(createReadStream(sending.file)) },
      },
    );
    if (code === 0 && stdout.includes(`${nonce} done\n`)) return;
    throw new BridgeheadError('E_STEP', `${node} did not receive ${to}`, {
      node,
      evidence: sanitize(stderr.trim() || `it ended with status ${code}`, 1000),
      fix: 'see whether the disk of the node is full or broken (`df -h`, `dmesg | tail`), and run again',
    });
  } catch (error) {
    throw watch.isStalled ? stalledError(sending, watch.sent) : error;
  } finally {
    watch.stop();
  }
}

function stalledError({ node, bytes }: FileToSend, sent: number): BridgeheadError {
  return new BridgeheadError(
    'E_REMOTE_TIMEOUT',
    `nothing could be sent to ${node} for ${STALLED_MS / 1000} s`,
    {
      node,
      evidence: `${sent} of ${bytes} bytes were sent`,
      fix: 'check the line to the node, and run again',
    },
  );
}

/** Counts what is sent, and aborts when it stops. */
class Watch {
  readonly #stalled = new AbortController();
  readonly #onProgress: FileToSend['onProgress'];
  readonly signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;
  sent = 0;

  constructor({ signal, onProgress }: FileToSend) {
    this.signal = signal ? AbortSignal.any([signal, this.#stalled.signal]) : this.#stalled.signal;
    this.#onProgress = onProgress;
  }

  get isStalled(): boolean {
    return this.#stalled.signal.aborted;
  }

  async *over(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      this.#wind();
      yield chunk;
      this.sent += chunk.length;
      this.#onProgress?.(this.sent);
    }
    this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #wind(): void {
    this.stop();
    this.#timer = setTimeout(() => this.#stalled.abort(), STALLED_MS);
  }
}
