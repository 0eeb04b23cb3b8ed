import { randomBytes } from 'node:crypto';
import { BridgeheadError } from '../core/errors.js';
import { FrameReader, joinFrames } from './frames.js';
import type { Part } from './part.js';
import { buildProgram, type Fragment, type FragmentReply } from './program.js';
import type { Question } from './question.js';
import { GarbledReply } from './reply-lines.js';
import { sanitize } from './sanitize.js';
import type { Connection } from './transport.js';

const MAX_BYTES = 16 * 1024 * 1024;

export interface ExecuteOptions {
  readonly node: string;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The answer comes in one piece at the end, and `onBegin` and `onEnd` are only called then. */
  readonly gathered?: boolean;
  readonly onBegin?: (id: string) => void;
  readonly onEnd?: (id: string, code: number) => void;
}

/**
 * Runs fragments as one program in one exec; resolves with their replies by id, in order. Fragments after a failed
 * required one are absent. Rejects with E_REMOTE_GARBLED if the program did not reach its end.
 */
export async function execute(
  connection: Connection,
  fragments: readonly Fragment[],
  options: ExecuteOptions,
): Promise<ReadonlyMap<string, FragmentReply>> {
  if (fragments.length === 0) return new Map();
  const nonce = randomBytes(16).toString('hex');
  const stdout = new FrameReader(nonce, options);
  const stderr = new FrameReader(nonce);
  const sent = Date.now();
  const { code } = await connection.run(buildProgram(fragments, nonce, options), {
    deadlineMs: options.deadlineMs,
    maxBytes: MAX_BYTES,
    onStdout: (chunk) => stdout.push(chunk),
    onStderr: (chunk) => stderr.push(chunk),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (code !== 0 || !stdout.done || !stderr.done) {
    throw new BridgeheadError(
      'E_REMOTE_GARBLED',
      `the program on ${options.node} ended early with status ${code}`,
      {
        node: options.node,
        fix: `log in to ${options.node} and check that /bin/sh works and that nothing kills root's processes, then run again`,
      },
    );
  }
  const between = [sent, Date.now()] as const;
  return new Map([...joinFrames(stdout, stderr)].map(([id, reply]) => [id, { ...reply, between }]));
}

/** Asks a node only this question. Rejects as {@link execute} does, and with E_REMOTE_GARBLED if the answer can't be read. */
export async function ask<T>(
  connection: Connection,
  question: Question<T> | Part<T>,
  options: ExecuteOptions,
): Promise<T> {
  const { node } = options;
  const [reply] = (await execute(connection, [{ id: 'question', ...question }], options)).values();
  if (reply === undefined) throw new BridgeheadError('E_REMOTE_GARBLED', `no answer from ${node}`, { node });
  try {
    return question.parse(reply);
  } catch (cause) {
    if (!(cause instanceof GarbledReply)) throw cause;
    const evidence = sanitize(cause.message, 500);
    throw new BridgeheadError('E_REMOTE_GARBLED', `cannot read the answer from ${node}`, {
      node,
      evidence,
      cause,
    });
  }
}
