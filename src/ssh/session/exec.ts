import { Readable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { BridgeheadError } from '../../core/errors.js';
import type { Link } from './link.js';

const CHUNK_BYTES = 128 * 1024;
/** The connection is cut if the machine doesn't confirm the end of a channel within this time. */
const CLOSE_MS = 1500;

/**
 * Opens one exec. `onChannel` is called in the same turn in which the channel opens, since its exit status may be in the
 * same packet. A machine that hangs never answers: the caller sets the deadline.
 */
export function openExec(
  link: Link,
  command: string,
  onChannel: (channel: ClientChannel) => void,
  onError: (error: unknown) => void,
): void {
  const refuse = (error: Error) => onError(link.lost ?? execRefused(link, error));
  try {
    link.client.exec(command, (error, channel) => {
      if (error) refuse(error);
      else onChannel(channel);
    });
  } catch (error) {
    refuse(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Closes a channel whose program hasn't ended; what it still sends is dropped. */
export function closeChannel(link: Link, channel: ClientChannel): void {
  channel.close();
  const late = setTimeout(() => link.destroy(), CLOSE_MS);
  late.unref();
  channel.on('close', () => clearTimeout(late));
  channel.on('error', () => undefined);
  channel.resume();
  channel.stderr.resume();
}

/** Sends bytes as fast as the machine reads them, then end of file; `onError` is called if they can't be read here. */
export function sendStream(
  channel: ClientChannel,
  source: AsyncIterable<Uint8Array>,
  onError: (error: unknown) => void,
): void {
  const stream = Readable.from(source, { objectMode: false });
  stream.once('error', onError);
  channel.once('close', () => stream.destroy());
  stream.pipe(channel);
}

/** Sends a text as fast as the machine reads it, then end of file. */
export function sendAll(channel: ClientChannel, text: string): void {
  const bytes = Buffer.from(text);
  const chunks = function* () {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
  };
  Readable.from(chunks(), { objectMode: false }).pipe(channel);
}

function execRefused(link: Link, cause: Error): BridgeheadError {
  const { node, user } = link.hop;
  return new BridgeheadError('E_SSH_REFUSED', `${node} does not open another session for ${user}`, {
    node,
    evidence: cause.message,
    fix: 'check MaxSessions, ForceCommand and PermitTTY in sshd_config, and the login shell of that user',
    cause,
  });
}
